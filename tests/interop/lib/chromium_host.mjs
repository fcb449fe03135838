// Peers in Chromium pages. One browser for a test file, one page (its own process) for a peer.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium_path, client_modules } from './paths.mjs';
import { start_page_server } from './page_server.mjs';

const chromium_args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// The 0.1.1 client loads its crypto library from a public server. The page gets the same library
// from the installed packages, and nothing else from outside.
async function keep_local(context, origin) {
  const library = join(client_modules('0.1.1'), 'unsea', 'dist', 'unsea.mjs');
  await context.route(
    (url) => url.origin !== origin,
    (route) => {
      if (!/\/unsea@/.test(route.request().url())) return route.abort();
      return route.fulfill({
        path: library,
        contentType: 'text/javascript',
        headers: { 'access-control-allow-origin': '*' },
      });
    },
  );
}

/// A headless Chromium that asks its makers for nothing.
export async function launch_chromium() {
  if (!existsSync(chromium_path))
    throw new Error(`no Chromium at ${chromium_path}: install it, or set CHROMIUM`);
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath: chromium_path, headless: true, args: chromium_args });
}

export class Browser {
  static async start() {
    const browser = new Browser();
    browser.chromium = await launch_chromium();
    browser.pages = await start_page_server();
    browser.context = await browser.chromium.newContext();
    browser.listeners = new Map();
    await browser.context.exposeBinding('report', ({ page }, event) => {
      browser.listeners.get(page)?.(event);
    });
    await keep_local(browser.context, browser.pages.origin);
    return browser;
  }

  async close() {
    await this.chromium.close();
    await this.pages.close();
  }
}

export class PageHost {
  /// `on_event` gets what the peer in the page emits.
  static async start(browser, version, on_event) {
    const host = new PageHost();
    host.page = await browser.context.newPage();
    if (process.env.INTEROP_VERBOSE) {
      host.page.on('console', (line) => process.stderr.write(`page ${version}: ${line.text()}\n`));
    }
    browser.listeners.set(host.page, on_event);
    await host.page.goto(`${browser.pages.origin}/page/${version}`);
    await host.page.waitForFunction(() => window.agent && window.report);
    return host;
  }

  call(command, argument) {
    return this.page.evaluate(([name, value]) => window.agent[name](value), [command, argument]);
  }

  /// Ends the page's process without any goodbye.
  async kill() {
    const session = await this.page.context().newCDPSession(this.page);
    const crashed = this.page.waitForEvent('crash');
    session.send('Page.crash').catch(() => {});
    await crashed;
  }

  /// Closes the page as a user would; the client's unload handlers run.
  async close() {
    if (!this.page.isClosed()) await this.page.close();
  }
}
