// A partner as a program: JSON lines on standard input and output, as README.md tells.
//   node peer_program.mjs PARTNER
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Agent } from './agent.mjs';

const partner = await import(`../partners/${process.argv[2]}.mjs`);
const emit = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const agent = new Agent({
  RTCPeerConnection: partner.RTCPeerConnection,
  configure: partner.configure,
  sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
  pack: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  emit,
});

// Some keep threads that would hold the process.
process.stdout.on('error', () => process.exit(1));
emit({ event: 'ready' });
for await (const line of createInterface({ input: process.stdin })) agent.run(JSON.parse(line));
process.exit(0);
