// node-datachannel: libdatachannel with usrsctp and libjuice, through the W3C layer it brings.
import { RTCPeerConnection as Original } from 'node-datachannel/polyfill';
import { standard_configuration } from '../lib/agent.mjs';

/// The library describes itself as soon as it has a channel or an offer. The layer's asking again
/// races with that, and an answer then finds no ICE transport.
export class RTCPeerConnection extends Original {
  async setLocalDescription() {}
}

export function configure(command) {
  const configuration = standard_configuration(command);
  return command.interfaces === 'loopback'
    ? { ...configuration, bindAddress: '127.0.0.1' }
    : configuration;
}
