// node-datachannel: libdatachannel with usrsctp and libjuice, through the W3C layer it brings.
import { RTCPeerConnection } from 'node-datachannel/polyfill';
import { standard_configuration } from '../lib/agent.mjs';

export { RTCPeerConnection };

export function configure(command) {
  const configuration = standard_configuration(command);
  return command.interfaces === 'loopback'
    ? { ...configuration, bindAddress: '127.0.0.1' }
    : configuration;
}
