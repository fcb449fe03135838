// Networks of their own for the processes of a test. They need no cleaning: a network lives as long
// as a process in it, and those end with the test even if it is killed.
import { spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { exited, spawn_child } from '../../lib/children.mjs';

const start_wait_ms = 5000;
const poll_ms = 20;

function run(command, args) {
  const { error, status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

const network_of = (pid) => readlinkSync(`/proc/${pid}/ns/net`);

async function is_away(child) {
  const deadline = Date.now() + start_wait_ms;
  while (network_of(child.pid) === network_of('self')) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error('no network of its own: unshare needs to be root');
    await new Promise((resolve) => setTimeout(resolve, poll_ms));
  }
}

/// One network with nothing but a loopback device.
export class Network {
  static async start() {
    if (process.getuid() !== 0) throw new Error('networks for tests need to be made by root');
    const network = new Network();
    network.child = spawn_child('unshare', ['--net', '--', 'sleep', 'infinity'], {
      stdio: 'ignore',
    });
    await new Promise((resolve, reject) => {
      network.child.once('spawn', resolve);
      network.child.once('error', reject);
    });
    await is_away(network.child);
    network.ip('link', 'set', 'lo', 'up');
    return network;
  }

  /// The words to put before a command that is to run inside.
  get inside() {
    return ['nsenter', `--net=/proc/${this.child.pid}/ns/net`, '--'];
  }

  ip(...args) {
    const [command, ...rest] = this.inside;
    run(command, [...rest, 'ip', ...args]);
  }

  /// A cable to another network. Addresses are given with their prefix, as 192.0.2.1/24.
  connect(device, address, other, other_device, other_address) {
    const peer = ['peer', 'name', other_device, 'netns', String(other.child.pid)];
    this.ip('link', 'add', device, 'type', 'veth', ...peer);
    this.give(device, address);
    other.give(other_device, other_address);
  }

  give(device, address) {
    this.ip('address', 'add', address, 'dev', device);
    this.ip('link', 'set', device, 'up');
  }

  async close() {
    this.child.kill('SIGKILL');
    await exited(this.child);
  }
}
