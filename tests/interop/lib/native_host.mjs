// A process that holds one native peer. Takes the place of NodeHost and PageHost.
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';
import { exited, spawn_child } from './children.mjs';
import { own_fault } from './own_fault.mjs';
import { repo_root } from './paths.mjs';

const kept_diagnostics = 4000;

function binary_path() {
  const chosen = process.env.NODE_PEER ?? 'build/release/bin/node_peer';
  const path = isAbsolute(chosen) ? chosen : join(repo_root, chosen);
  if (!existsSync(path)) throw new Error(`no native peer at ${path}: build it, or set NODE_PEER`);
  return path;
}

/// The options of upstream's class that the native peer has, too, as its command line.
function command_line(id, options) {
  const named = {
    '--id': id,
    '--network': options.networkName,
    '--max-peers': options.maxPeers,
    '--min-peers': options.minPeers,
    '--trust': options.trust,
    '--auto-discovery': options.autoDiscovery,
    '--eviction': options.evictionStrategy,
    '--crypto': options.enableCrypto,
  };
  const text = (value) => (typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value));
  return Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [name, text(value)],
  );
}

export class NativeHost {
  /// `on_event` gets what the peer emits. The process starts with `join` or, before it, `spawn`.
  constructor(on_event) {
    this.on_event = on_event;
    this.calls = new Map();
    this.last_call = 0;
    this.diagnostics = '';
    this.is_ending = false;
  }

  /// Resolves with the peer's id. Without `id` it is that of a key of its own.
  async spawn(id, options) {
    this.child = spawn_child(binary_path(), command_line(id, options), {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stdin.on('error', () => {});
    this.child.stderr.on('data', (data) => {
      this.diagnostics = (this.diagnostics + data).slice(-kept_diagnostics);
      if (process.env.INTEROP_VERBOSE) process.stderr.write(data);
    });
    this.id = await new Promise((resolve, reject) => {
      this.ready = resolve;
      this.child.once('error', reject);
      this.child.once('exit', (code, signal) => {
        const mark = this.is_ending ? '' : `${own_fault} `;
        const how = `${signal ?? code}`;
        const error = new Error(`${mark}native peer ended (${how})\n${this.diagnostics}`);
        reject(error);
        for (const pending of this.calls.values()) pending.reject(error);
        this.calls.clear();
        this.on_event({ id: this.id, name: 'ended', reason: error.message });
      });
      createInterface({ input: this.child.stdout }).on('line', (line) => this.take(line));
    });
    return this.id;
  }

  take(line) {
    const message = JSON.parse(line);
    if (message.ready) this.ready(message.ready);
    else if (message.event) this.tell(message.event);
    else this.finish_call(message);
  }

  tell(event) {
    this.on_event({ id: this.id, ...event });
    if (event.name === 'statusChanged' && event.type === 'connected') this.hub_connected?.();
  }

  finish_call({ call, result, error }) {
    const pending = this.calls.get(call);
    this.calls.delete(call);
    if (error === undefined) pending?.resolve(result);
    else pending?.reject(new Error(error));
  }

  /// The commands of lib/agent.mjs.
  async call(command, argument) {
    if (command === 'join') return this.join(argument);
    if (command === 'links') return (await this.run('links', {})).map(({ peer }) => peer);
    return this.run(command, argument);
  }

  async join({ id, url, options }) {
    if (!this.child) await this.spawn(id, options);
    const connected = new Promise((resolve) => (this.hub_connected = resolve));
    await this.run('connect', { url });
    await connected;
    return id;
  }

  run(command, fields) {
    const call = ++this.last_call;
    return new Promise((resolve, reject) => {
      this.calls.set(call, { resolve, reject });
      this.child.stdin.write(`${JSON.stringify({ ...fields, call, do: command })}\n`);
    });
  }

  /// Ends the process without any goodbye, as a crash would.
  async kill() {
    if (!this.child) return;
    this.is_ending = true;
    this.child.kill('SIGKILL');
    await exited(this.child);
  }

  close() {
    return this.kill();
  }
}
