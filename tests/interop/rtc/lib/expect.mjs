// What the receiver of messages must tell of them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { contents } from './content.mjs';

/// What one `send` command must look like to the receiver, message by message.
export function expected_messages(command) {
  return [...contents(command)].map((content) => {
    const bytes = Buffer.from(content);
    return {
      text: typeof content === 'string',
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  });
}

const facts = ({ text, bytes, sha256 }) => ({ text, bytes, sha256 });
const by_digest = (one, other) => (one.sha256 < other.sha256 ? -1 : 1);

export function received(connection, channel) {
  return connection.told('message', { channel }).map(facts);
}

/// Waits until all messages of the commands are there, in order unless `any_order`; there may be no
/// other.
export async function expect_messages(connection, channel, commands, { any_order = false } = {}) {
  const wanted = commands.flatMap(expected_messages);
  await connection.heard('message', { channel }, wanted.length);
  const got = received(connection, channel);
  if (any_order) assert.deepEqual(got.sort(by_digest), wanted.sort(by_digest));
  else assert.deepEqual(got, wanted);
}

/// Waits for the last message; every other may be missing, but none may be wrong or come twice.
export async function expect_some_messages(connection, channel, commands) {
  const wanted = commands.flatMap(expected_messages);
  const last = wanted.at(-1);
  await connection.heard('message', { channel, sha256: last.sha256 });
  const left = new Set(wanted.map(({ sha256 }) => sha256));
  for (const { sha256 } of received(connection, channel))
    assert(left.delete(sha256), `${connection.name}: a message nobody sent, or twice: ${sha256}`);
}
