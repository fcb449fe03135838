// @roamhq/wrtc: Google's libwebrtc in Node.
import { createRequire } from 'node:module';

export const { RTCPeerConnection } = createRequire(import.meta.url)('@roamhq/wrtc');
