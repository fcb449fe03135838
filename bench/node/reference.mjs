// Passes broadcasts on as an unmodified peer of 1.1.3 does, with eight neighbors whose channels
// drop what is sent, and prints a line of JSON.
//   node reference.mjs relay [--count 20000] [--copies 1] [--content-bytes 512]
// The work of a message: JSON.parse, then its gossip manager, then JSON.stringify for each of the
// seven neighbors it goes to, as its own code does.
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';

const package_folder = '../../tests/interop/clients/1.1.3/node_modules/peerpigeon/src/';
const client = new URL(package_folder, import.meta.url);
const neighbor_count = 8;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '20000' },
    copies: { type: 'string', default: '1' },
    'content-bytes': { type: 'string', default: '512' },
  },
});
if (positionals[0] !== 'relay') throw new Error('node reference.mjs relay');
const count = Number(values.count);
const copies = Number(values.copies);

const { GossipManager } = await import(new URL('GossipManager.js', client));
const { PeerConnection } = await import(new URL('PeerConnection.js', client));

const id = () => randomBytes(20).toString('hex');
const peers = new Map();
let sent = 0;
for (let i = 0; i < neighbor_count; i += 1) {
  const peer = Object.create(PeerConnection.prototype);
  peer.peerId = id();
  peer.debug = { log() {}, error() {}, warn() {}, info() {} };
  peer.getStatus = () => 'connected';
  peer.dataChannel = { readyState: 'open', send: () => (sent += 1) };
  peers.set(peer.peerId, peer);
}
const mesh = {
  peerId: id(),
  networkName: 'global',
  enableCrypto: false,
  emit() {},
  peerDiscovery: { hasPeer: () => true, addDiscoveredPeer() {} },
};
const gossip = new GossipManager(mesh, { peers });
let delivered = 0;
gossip.addEventListener('messageReceived', () => (delivered += 1));

const names = [...peers.keys()];
const origin = id();
const content = 'x'.repeat(Number(values['content-bytes']));
const texts = [];
for (let i = 0; i < count; i += 1) {
  const message = {
    id: randomBytes(16).toString('hex'), type: 'gossip', subtype: 'chat', content, from: origin,
    networkName: 'global', timestamp: 1700000000000, ttl: 39,
  };
  for (let copy = 0; copy < copies; copy += 1) {
    texts.push(JSON.stringify({ ...message, path: [origin, names[copy]] }));
  }
}

async function take(text, neighbor) {
  await gossip.handleGossipMessage(JSON.parse(text), neighbor);
}
const before = performance.now();
for (let i = 0; i < texts.length; i += 1) await take(texts[i], names[i % copies]);
const seconds = (performance.now() - before) / 1000;

if (delivered !== count || sent !== count * (neighbor_count - 1)) {
  throw new Error(`delivered ${delivered} and sent ${sent} of ${count}`);
}
console.log(JSON.stringify({
  messages_per_second: texts.length / seconds,
  broadcasts_per_second: count / seconds,
}));
process.exit(0);
