// The process behind NodeHost: loads one PeerPigeon version and obeys the parent over the IPC
// channel. Started as `node node_agent.mjs VERSION`.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { make_agent } from './agent.mjs';
import { client_modules } from './paths.mjs';

const version = process.argv[2];
const package_entry = join(client_modules(version), 'peerpigeon', 'index.js');
const require = createRequire(package_entry);

// The clients print a line for nearly every message; the parent wants none of it.
if (!process.env.INTEROP_VERBOSE) {
  for (const level of ['log', 'info', 'debug', 'warn', 'error']) console[level] = () => {};
}

// Five unreachable STUN servers and a pool of ten sockets per connection cost hundreds of threads a
// peer and prove nothing on loopback. Only the constructor's argument changes, not the library.
function without_ice_servers(RTCPeerConnection) {
  return class extends RTCPeerConnection {
    constructor(configuration) {
      super({ ...configuration, iceServers: [], iceCandidatePoolSize: 0 });
    }
  };
}

const wrtc = require('@koush/wrtc');
wrtc.RTCPeerConnection = without_ice_servers(wrtc.RTCPeerConnection);
globalThis.WebSocket = require('ws').WebSocket;
// 0.1.1 expects the application to provide WebRTC globally.
for (const name of [
  'RTCPeerConnection',
  'RTCSessionDescription',
  'RTCIceCandidate',
  'MediaStream',
]) {
  globalThis[name] = wrtc[name];
}

const { PeerPigeonMesh } = await import(pathToFileURL(package_entry));
const send = (message) => process.connected && process.send(message, () => {});
const agent = make_agent(PeerPigeonMesh, (event) => send({ event }));

// 0.1.1 throws in its track handler for every connection without media. A page survives that, so
// the peers here do too.
process.on('uncaughtException', (error) => console.error(error));
process.on('disconnect', () => process.exit(0));
process.on('message', async ({ call, command, argument }) => {
  try {
    send({ call, result: await agent[command](argument) });
  } catch (error) {
    send({ call, error: String(error?.message ?? error) });
  }
});
send({ ready: true });
