// A page adds media to its link with a native peer, which takes none: the link must stay.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { Browser } from '../lib/chromium_host.mjs';
import { meeting_ms, talk } from '../lib/meeting.mjs';
import { hears, join_pair, native_test } from './suite.mjs';

let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser?.close());

/// A picture and a tone, as there is no camera; and a look at the page's connections. Runs in the
/// page.
function prepare_media() {
  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement('canvas');
    canvas.getContext('2d').fillRect(0, 0, 10, 10);
    const sound = new AudioContext().createMediaStreamDestination();
    const streams = [canvas.captureStream(10), sound.stream];
    return new MediaStream(streams.flatMap((stream) => stream.getTracks()));
  };
  window.answers = [];
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = async function keep(description) {
    await setRemoteDescription.call(this, description);
    window.answers.push(description.sdp);
  };
}

const declined = (sdp) =>
  ['audio', 'video'].every((kind) => new RegExp(`m=${kind} [^]*?a=inactive`).test(sdp));

for (const version of ['1.0.6', '1.1.3']) {
  for (const is_greater of [true, false]) {
    native_test(
      `${version}, native id ${is_greater ? 'greater' : 'smaller'}`,
      async ({ world, ids }) => {
        const kind = 'chromium';
        const { ours, theirs } = await join_pair(world, ids, { version, kind, is_greater });
        // Media is for peers whose key is known.
        await hears(world, theirs, 'peerKeyAdded', { peer: ours.id });
        const { page } = theirs.host;
        await page.evaluate(prepare_media);

        await theirs.run('start_media', { video: true, audio: true });

        await page.waitForFunction(() => window.answers.length > 0, null, { timeout: meeting_ms });
        const answers = await page.evaluate(() => window.answers);
        assert(answers.every(declined), answers.join('\n\n'));
        await talk(world, [ours, theirs], 'beside media');
        assert.deepEqual(ours.told('peerDisconnected'), []);
      },
      () => browser,
    );
  }
}
