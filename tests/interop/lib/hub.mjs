// The hub under test as a child process: ours, or upstream's 1.1.3 server with HUB=upstream.
import { existsSync } from 'node:fs';
import net from 'node:net';
import { isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exited, spawn_child } from './children.mjs';
import { client_modules, repo_root } from './paths.mjs';

const start_timeout_ms = 15_000;
const stop_timeout_ms = 15_000;
const output_kept = 4_000;

function binary_path() {
  const path = process.env.PIGEONHUB ?? 'build/release/bin/pigeonhub';
  return isAbsolute(path) ? path : join(repo_root, path);
}

function spawn_ours(port) {
  const path = binary_path();
  if (!existsSync(path)) throw new Error(`no hub at ${path}: build it, or set PIGEONHUB`);
  const extra = (process.env.PIGEONHUB_ARGS ?? '').split(' ').filter(Boolean);
  return spawn_child(path, ['--host', '127.0.0.1', '--port', String(port), ...extra]);
}

function spawn_upstream(port) {
  const script = join(client_modules('1.1.3'), 'peerpigeon', 'server', 'start.js');
  if (!existsSync(script)) throw new Error('upstream server missing: run node install.mjs');
  const env = { ...process.env, HOST: '127.0.0.1', PORT: String(port) };
  return spawn_child(process.execPath, [script], { env });
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function free_port() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Hub {
  constructor(kind, port) {
    this.kind = kind;
    this.port = port;
    this.url = `ws://127.0.0.1:${port}`;
  }

  async start() {
    this.output = '';
    this.is_stopping = false;
    this.child = this.kind === 'upstream' ? spawn_upstream(this.port) : spawn_ours(this.port);
    const keep = (text) => {
      this.output = (this.output + text).slice(-output_kept);
    };
    this.child.stdout.on('data', keep);
    this.child.stderr.on('data', keep);
    this.child.on('error', (error) => keep(String(error)));
    const deadline = Date.now() + start_timeout_ms;
    while (!(await accepts(this.port))) {
      if (!this.is_running()) throw new Error(`the hub ended while starting:\n${this.output}`);
      if (Date.now() > deadline) throw new Error(`the hub does not listen:\n${this.output}`);
      await sleep(20);
    }
  }

  is_running() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /// It has ended, and nobody asked it to.
  has_fallen() {
    return !this.is_running() && !this.is_stopping;
  }

  /// Sends SIGTERM and waits for the end. A hub that does not obey is killed and reported.
  async stop() {
    const gone = exited(this.child);
    this.is_stopping = true;
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), stop_timeout_ms);
    const { code, signal } = await gone;
    clearTimeout(timer);
    if (signal === 'SIGKILL') throw new Error(`the hub ignored SIGTERM:\n${this.output}`);
    return code;
  }
}

/// Starts the hub named by `kind` ("ours" or "upstream") on a free loopback port.
export async function start_hub(kind = process.env.HUB ?? 'ours') {
  if (kind !== 'ours' && kind !== 'upstream') throw new Error(`unknown hub "${kind}"`);
  const hub = new Hub(kind, await free_port());
  await hub.start();
  return hub;
}
