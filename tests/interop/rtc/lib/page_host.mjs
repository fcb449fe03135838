// Chromium as a partner: the agent in a page, one page (its own process) for a host.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launch_chromium } from '../../lib/chromium_host.mjs';
import { rtc_root } from './paths.mjs';

// Answered by the test itself; nothing is listening there. Localhost, because pages from elsewhere
// have no crypto.subtle.
const origin = 'http://localhost:1';

const page_text = `<!doctype html><meta charset="utf-8"><title>peer</title>
<script type="module">
  import { Agent } from '/agent.mjs';
  const digits = (byte) => byte.toString(16).padStart(2, '0');
  const sha256 = async (bytes) => {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    return [...digest].map(digits).join('');
  };
  const { RTCPeerConnection } = window;
  window.agent = new Agent({ RTCPeerConnection, sha256, emit: (event) => window.report(event) });
</script>`;

async function answer(route) {
  const url = new URL(route.request().url());
  if (url.origin !== origin) return route.abort();
  if (url.pathname === '/') return route.fulfill({ body: page_text, contentType: 'text/html' });
  const name = url.pathname.slice(1);
  if (!['agent.mjs', 'content.mjs'].includes(name)) return route.fulfill({ status: 404 });
  const body = await readFile(join(rtc_root, 'lib', name));
  return route.fulfill({ body, contentType: 'text/javascript' });
}

/// One browser for a test file. Addresses of pages stay hidden behind mDNS names, as users have it.
export class Browser {
  static async start() {
    const browser = new Browser();
    browser.chromium = await launch_chromium();
    browser.context = await browser.chromium.newContext();
    browser.hosts = new Map();
    await browser.context.exposeBinding('report', ({ page }, event) => {
      browser.hosts.get(page)?.take(event);
    });
    await browser.context.route('**/*', answer);
    return browser;
  }

  close() {
    return this.chromium.close();
  }
}

export class PageHost {
  static async start(browser) {
    const host = new PageHost();
    host.name = 'chromium';
    host.connections = new Map();
    host.page = await browser.context.newPage();
    browser.hosts.set(host.page, host);
    if (process.env.INTEROP_VERBOSE)
      host.page.on('console', (line) => process.stderr.write(`page: ${line.text()}\n`));
    await host.page.goto(origin);
    await host.page.waitForFunction(() => window.agent && window.report);
    return host;
  }

  take(event) {
    this.connections.get(event.id)?.record(event);
  }

  do(command) {
    this.page
      .evaluate((value) => window.agent.run(value), command)
      .catch((error) => {
        if (this.closing) return;
        this.take({ id: command.id, event: 'error', do: command.do, what: error.message });
      });
  }

  async close() {
    this.closing = true;
    await this.page.close();
  }
}
