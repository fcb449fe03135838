// A Node process that holds unmodified peers of one version.
import { fileURLToPath } from 'node:url';
import { exited, spawn_child } from './children.mjs';

const agent_script = fileURLToPath(new URL('node_agent.mjs', import.meta.url));

export class NodeHost {
  /// `on_event` gets what the peers in the process emit.
  static async start(version, on_event) {
    const host = new NodeHost();
    // Standard output is that of the test runner, which breaks off at what it does not know.
    const output = process.env.INTEROP_VERBOSE ? process.stderr : 'ignore';
    host.calls = new Map();
    host.last_call = 0;
    host.child = spawn_child(process.execPath, [agent_script, version], {
      stdio: ['ignore', output, output, 'ipc'],
    });
    await new Promise((resolve, reject) => {
      host.child.on('message', (message) => {
        if (message.ready) resolve();
        else if (message.event) on_event(message.event);
        else host.finish_call(message);
      });
      host.child.once('error', reject);
      host.child.once('exit', (code, signal) => {
        const error = new Error(`peer process ${version} ended (${signal ?? code})`);
        reject(error);
        for (const pending of host.calls.values()) pending.reject(error);
        host.calls.clear();
      });
    });
    return host;
  }

  finish_call({ call, result, error }) {
    const pending = this.calls.get(call);
    this.calls.delete(call);
    if (error === undefined) pending?.resolve(result);
    else pending?.reject(new Error(error));
  }

  call(command, argument) {
    const call = ++this.last_call;
    return new Promise((resolve, reject) => {
      this.calls.set(call, { resolve, reject });
      this.child.send({ call, command, argument }, (error) => error && reject(error));
    });
  }

  /// Ends the process without any goodbye, as a crash would.
  async kill() {
    this.child.kill('SIGKILL');
    await exited(this.child);
  }

  close() {
    return this.kill();
  }
}
