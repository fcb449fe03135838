// A program that speaks the protocol of README.md.
import { createInterface } from 'node:readline';
import { exited, spawn_child } from '../../lib/children.mjs';

const kept_output = 4000;

export class ProgramHost {
  /// `wrap` puts a command before the program's, as `ip netns exec NAME`.
  static async start([command, ...args], wrap = []) {
    const host = new ProgramHost();
    const [first, ...rest] = [...wrap, command, ...args];
    host.name = [command, ...args].map((part) => part.split('/').pop()).join(' ');
    host.connections = new Map();
    host.diagnostics = '';
    host.child = spawn_child(first, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
    host.child.stdin.on('error', () => {});
    host.child.stderr.on('data', (data) => {
      host.diagnostics = (host.diagnostics + data).slice(-kept_output);
      if (process.env.INTEROP_VERBOSE) process.stderr.write(data);
    });
    await new Promise((resolve, reject) => {
      host.ready = resolve;
      host.child.once('error', reject);
      host.child.once('exit', (code, signal) => {
        host.has_ended(signal ?? code);
        reject(new Error(`${host.name} ended (${signal ?? code})\n${host.diagnostics}`));
      });
      createInterface({ input: host.child.stdout }).on('line', (line) => host.take(line));
    });
    return host;
  }

  take(line) {
    // Libraries may print there, too.
    if (!line.startsWith('{')) return;
    const event = JSON.parse(line);
    if (event.event === 'ready') this.ready();
    else this.connections.get(event.id)?.record(event);
  }

  has_ended(how) {
    if (this.closing) return;
    const what = `the program ended (${how})\n${this.diagnostics}`;
    for (const connection of this.connections.values())
      connection.record({ event: 'error', do: 'run', what });
  }

  do(command) {
    this.child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  /// Ends it without any goodbye.
  async close() {
    this.closing = true;
    this.child.kill('SIGKILL');
    await exited(this.child);
  }
}
