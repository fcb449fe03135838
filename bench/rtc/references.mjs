// Other implementations of WebRTC, each as a function that connects two peers in this process and
// resolves with {near, far, close()} once a channel between them is open. Both ends of the channel
// have send(bytes), buffered() and drained(), and take an on_message.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const packages = createRequire(new URL('../../tests/interop/rtc/package.json', import.meta.url));

/// A queue this long keeps every implementation busy; below the second figure more is wanted.
export const high_water_bytes = 4 * 1024 * 1024;
const low_water_bytes = 1024 * 1024;
const poll_ms = 1;

function wrtc_end(channel) {
  channel.binaryType = 'arraybuffer';
  const end = {
    send: (bytes) => channel.send(bytes),
    buffered: () => channel.bufferedAmount,
    // It never fires bufferedamountlow.
    async drained() {
      while (channel.bufferedAmount > low_water_bytes) await sleep(poll_ms);
    },
  };
  channel.onmessage = ({ data }) => end.on_message?.(data);
  return end;
}

async function wrtc_pair({ RTCPeerConnection }) {
  const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()];
  for (const [from, to] of [
    [one, other],
    [other, one],
  ]) {
    from.onicecandidate = async ({ candidate }) => {
      // One that is found while the pair is being closed is refused.
      if (candidate) await to.addIceCandidate(candidate).catch((error) => {
        if (to.connectionState !== 'closed') throw error;
      });
    };
  }
  const channel = one.createDataChannel('bench');
  const near = wrtc_end(channel);
  const near_open = new Promise((resolve) => (channel.onopen = resolve));
  const far = new Promise((resolve) => {
    other.ondatachannel = (event) => resolve(wrtc_end(event.channel));
  });
  await one.setLocalDescription(await one.createOffer());
  await other.setRemoteDescription(one.localDescription);
  await other.setLocalDescription(await other.createAnswer());
  await one.setRemoteDescription(other.localDescription);
  await near_open;
  return { near, far: await far, close: () => [one, other].forEach((peer) => peer.close()) };
}

function datachannel_end(channel) {
  channel.setBufferedAmountLowThreshold(low_water_bytes);
  const end = {
    send: (bytes) => channel.sendMessageBinary(bytes),
    buffered: () => channel.bufferedAmount(),
    drained: () =>
      new Promise((resolve) => {
        channel.onBufferedAmountLow(resolve);
        if (channel.bufferedAmount() <= low_water_bytes) resolve();
      }),
  };
  channel.onMessage((data) => end.on_message?.(data));
  return end;
}

async function datachannel_pair({ PeerConnection }) {
  const options = { iceServers: [], bindAddress: '127.0.0.1' };
  const [one, other] = ['one', 'other'].map((name) => new PeerConnection(name, options));
  // Candidates wait for the answer: the library takes none earlier, and does not survive checks
  // that come before it.
  const held = [];
  let answered = false;
  for (const [from, to] of [
    [one, other],
    [other, one],
  ]) {
    from.onLocalCandidate((...candidate) => {
      if (answered) to.addRemoteCandidate(...candidate);
      else held.push(() => to.addRemoteCandidate(...candidate));
    });
  }
  one.onLocalDescription((sdp, type) => other.setRemoteDescription(sdp, type));
  other.onLocalDescription((sdp, type) => {
    one.setRemoteDescription(sdp, type);
    answered = true;
    for (const pass_on of held) pass_on();
  });
  const far = new Promise((resolve) => {
    other.onDataChannel((channel) => resolve(datachannel_end(channel)));
  });
  const channel = one.createDataChannel('bench');
  const near = datachannel_end(channel);
  await new Promise((resolve) => channel.onOpen(resolve));
  return { near, far: await far, close: () => [one, other].forEach((peer) => peer.close()) };
}

const references = {
  wrtc: { package_name: '@roamhq/wrtc', connect: wrtc_pair },
  node_datachannel: { package_name: 'node-datachannel', connect: datachannel_pair },
};

export const reference_names = Object.keys(references);

/// The function that connects a pair of this implementation.
export function load_reference(name) {
  const { package_name, connect } = references[name];
  const library = packages(package_name);
  return () => connect(library);
}
