// werift: WebRTC in TypeScript, all of it its own.
export { RTCPeerConnection } from 'werift';
