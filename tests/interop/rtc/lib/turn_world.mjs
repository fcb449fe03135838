// Two networks that reach a TURN server each, but not one another: packets for the other side get
// as far as the server's network, which forwards nothing.
//
//     left 198.51.100.2 ---- 198.51.100.1 server 203.0.113.1 ---- 203.0.113.2 right
import { spawnSync } from 'node:child_process';
import { exited, spawn_child } from '../../lib/children.mjs';
import { Network } from './networks.mjs';

const turn_port = 3478;
const start_wait_ms = 15_000;
const poll_ms = 50;
const left_gateway = '198.51.100.1';
const right_gateway = '203.0.113.1';
const account = { username: 'pigeon', credential: 'coo' };

const server_args = [
  '-n',
  '--log-file=stdout',
  '--simple-log',
  '--pidfile=/dev/null',
  '--no-cli',
  '--no-tls',
  '--no-dtls',
  '--lt-cred-mech',
  '--realm=test',
  `--user=${account.username}:${account.credential}`,
  `--listening-port=${turn_port}`,
  `--listening-ip=${left_gateway}`,
  `--listening-ip=${right_gateway}`,
  `--relay-ip=${left_gateway}`,
];

/// How the peers of a side reach the server, over "udp" or "tcp".
const server_of = (gateway) => (transport) => [
  { urls: `turn:${gateway}:${turn_port}?transport=${transport}`, ...account },
];
export const turn_servers = {
  left: server_of(left_gateway),
  right: server_of(right_gateway),
};

/// Whether somebody in the network can connect to the server.
function answers(network, gateway) {
  const [command, ...rest] = network.inside;
  const connect = `exec 3<>/dev/tcp/${gateway}/${turn_port}`;
  return spawnSync(command, [...rest, 'bash', '-c', connect], { stdio: 'ignore' }).status === 0;
}

export class TurnWorld {
  static async start() {
    const world = new TurnWorld();
    world.networks = [];
    world.output = '';
    try {
      await world.lay_cables();
      await world.start_server();
    } catch (error) {
      await world.close();
      throw error;
    }
    return world;
  }

  async lay_cables() {
    for (const name of ['left', 'server', 'right']) {
      this[name] = await Network.start();
      this.networks.push(this[name]);
    }
    this.server.connect('left', `${left_gateway}/24`, this.left, 'eth0', '198.51.100.2/24');
    this.server.connect('right', `${right_gateway}/24`, this.right, 'eth0', '203.0.113.2/24');
    this.left.ip('route', 'add', 'default', 'via', left_gateway);
    this.right.ip('route', 'add', 'default', 'via', right_gateway);
  }

  async start_server() {
    const [command, ...rest] = this.server.inside;
    this.child = spawn_child(command, [...rest, 'turnserver', ...server_args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.on('error', (error) => (this.output += error.message));
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.on('data', (text) => (this.output += text));
    const deadline = Date.now() + start_wait_ms;
    while (!answers(this.left, left_gateway) || !answers(this.right, right_gateway)) {
      if (this.child.exitCode !== null || Date.now() > deadline)
        throw new Error(`turnserver does not listen\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, poll_ms));
    }
  }

  async close() {
    if (this.child?.pid && this.child.exitCode === null) {
      this.child.kill('SIGKILL');
      await exited(this.child);
    }
    await Promise.all(this.networks.map((network) => network.close()));
  }
}
