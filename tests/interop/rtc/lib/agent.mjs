// Obeys the commands of README.md with any RTCPeerConnection of the W3C's shape. Loaded by Node
// programs and by pages, so it uses nothing of either.
import { contents } from './content.mjs';

const high_water_bytes = 1024 * 1024;
const low_water_bytes = 256 * 1024;
const poll_ms = 5;

function as_bytes(data) {
  if (typeof data === 'string') return new TextEncoder().encode(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/// What the W3C's API makes of a `create` command.
export function standard_configuration({ ice_servers = [], relay_only = false }) {
  return { iceServers: ice_servers, iceTransportPolicy: relay_only ? 'relay' : 'all' };
}

class Channel {
  constructor(owner, channel) {
    this.owner = owner;
    this.channel = channel;
    this.sending = Promise.resolve();
    channel.binaryType = 'arraybuffer';
    const { label } = channel;
    channel.onopen = () => this.report_open();
    channel.onclose = () => owner.emit({ event: 'channel_closed', channel: label });
    channel.onmessage = ({ data }) => this.receive(data);
    // Some are open before they are handed over and fire nothing.
    if (channel.readyState === 'open') queueMicrotask(() => this.report_open());
  }

  report_open() {
    if (this.opened) return;
    this.opened = true;
    const { id, label } = this.channel;
    this.owner.emit({ event: 'channel_open', channel: label, channel_id: id });
  }

  receive(data) {
    const { label } = this.channel;
    const text = typeof data === 'string';
    const bytes = as_bytes(data);
    this.owner.in_order(async () => {
      const sha256 = await this.owner.agent.sha256(bytes);
      this.owner.emit({ event: 'message', channel: label, text, bytes: bytes.length, sha256 });
    });
    if (this.owner.echo) this.channel.send(text ? data : this.owner.agent.pack(bytes));
  }

  send(command) {
    this.sending = this.sending.then(async () => {
      try {
        let count = 0;
        for (const content of contents(command)) {
          if (this.channel.bufferedAmount > high_water_bytes) await this.drained();
          this.channel.send(
            typeof content === 'string' ? content : this.owner.agent.pack(content),
          );
          count += 1;
        }
        this.owner.emit({ event: 'sent', channel: command.channel, count });
      } catch (error) {
        this.owner.fail('send', error);
      }
    });
  }

  // Asked again and again, because not every implementation fires bufferedamountlow.
  async drained() {
    while (this.channel.bufferedAmount > low_water_bytes)
      await new Promise((resolve) => setTimeout(resolve, poll_ms));
  }
}

class Connection {
  constructor(agent, command) {
    this.agent = agent;
    this.id = command.id;
    this.trickle = command.trickle ?? true;
    this.channels = new Map();
    this.early_candidates = [];
    this.done = Promise.resolve();
    this.told = Promise.resolve();
    this.pc = new agent.RTCPeerConnection(agent.configure(command));
    this.watch();
  }

  emit(event) {
    this.agent.emit({ id: this.id, ...event });
  }

  fail(what, error) {
    this.emit({ event: 'error', do: what, what: String(error?.message ?? error) });
  }

  /// Digests may be ready in another order than their messages came in.
  in_order(tell) {
    this.told = this.told.then(tell);
  }

  watch() {
    const { pc } = this;
    pc.ondatachannel = ({ channel }) => {
      this.emit({
        event: 'channel',
        channel: channel.label,
        protocol: channel.protocol,
        ordered: channel.ordered,
        max_retransmits: channel.maxRetransmits ?? null,
        max_packet_life_time: channel.maxPacketLifeTime ?? null,
        channel_id: channel.id,
      });
      this.channels.set(channel.label, new Channel(this, channel));
    };
    pc.onicecandidate = ({ candidate }) => {
      if (!candidate?.candidate || !this.trickle) return;
      const { sdpMid, sdpMLineIndex } = candidate;
      this.found({
        event: 'candidate',
        candidate: { candidate: candidate.candidate, sdpMid, sdpMLineIndex: sdpMLineIndex ?? 0 },
      });
    };
    for (const what of ['connection', 'iceconnection', 'icegathering', 'signaling']) {
      pc[`on${what}statechange`] = () => this.report_state();
    }
  }

  /// The description they belong to must be told first, and some implementations are in a hurry.
  found(candidate) {
    if (this.early_candidates) this.early_candidates.push(candidate);
    else this.emit(candidate);
  }

  report_state() {
    const state = {
      connection: this.pc.connectionState,
      ice: this.pc.iceConnectionState,
      gathering: this.pc.iceGatheringState,
      signaling: this.pc.signalingState,
    };
    const text = JSON.stringify(state);
    if (text === this.last_state) return;
    this.last_state = text;
    this.emit({ event: 'state', ...state });
    if (state.gathering === 'complete') this.gathered?.();
  }

  async describe(description) {
    const gathered = new Promise((resolve) => (this.gathered = resolve));
    await this.pc.setLocalDescription(description);
    if (!this.trickle && this.pc.iceGatheringState !== 'complete') await gathered;
    const { sdp } = this.pc.localDescription;
    this.emit({ event: 'description', type: description.type, sdp });
    for (const candidate of this.early_candidates ?? []) this.emit(candidate);
    this.early_candidates = null;
  }

  async offer({ ice_restart = false, audio = false, video = false }) {
    const options = { iceRestart: ice_restart };
    if (audio) options.offerToReceiveAudio = true;
    if (video) options.offerToReceiveVideo = true;
    await this.describe(await this.pc.createOffer(options));
  }

  async answer() {
    await this.describe(await this.pc.createAnswer());
  }

  async set_remote({ type, sdp }) {
    await this.pc.setRemoteDescription({ type, sdp });
    this.emit({ event: 'remote_set', type });
  }

  async candidate({ candidate }) {
    await this.pc.addIceCandidate(candidate);
  }

  channel(command) {
    const options = { ordered: command.ordered ?? true, protocol: command.protocol ?? '' };
    if (command.max_retransmits !== undefined) options.maxRetransmits = command.max_retransmits;
    if (command.max_packet_life_time !== undefined)
      options.maxPacketLifeTime = command.max_packet_life_time;
    if (command.negotiated) Object.assign(options, { negotiated: true, id: command.channel_id });
    const channel = this.pc.createDataChannel(command.channel, options);
    this.channels.set(command.channel, new Channel(this, channel));
  }

  named(label) {
    const channel = this.channels.get(label);
    if (!channel) throw new Error(`no channel ${JSON.stringify(label)}`);
    return channel;
  }

  send(command) {
    this.named(command.channel).send(command);
  }

  set_echo({ on }) {
    this.echo = on;
    this.emit({ event: 'echo', on });
  }

  close_channel({ channel }) {
    this.named(channel).channel.close();
  }

  async stats() {
    const report = new Map();
    for (const [key, value] of await this.pc.getStats()) report.set(key, value);
    const transport = [...report.values()].find(({ type }) => type === 'transport');
    const pair = report.get(transport?.selectedCandidatePairId);
    const type_of = (key) => report.get(key)?.candidateType ?? null;
    this.emit({
      event: 'stats',
      local: type_of(pair?.localCandidateId),
      remote: type_of(pair?.remoteCandidateId),
    });
  }

  async close() {
    await this.pc.close();
    this.emit({ event: 'closed' });
  }
}

const connection_commands = {
  offer: (connection, command) => connection.offer(command),
  answer: (connection) => connection.answer(),
  set_remote: (connection, command) => connection.set_remote(command),
  candidate: (connection, command) => connection.candidate(command),
  channel: (connection, command) => connection.channel(command),
  send: (connection, command) => connection.send(command),
  echo: (connection, command) => connection.set_echo(command),
  close_channel: (connection, command) => connection.close_channel(command),
  stats: (connection) => connection.stats(),
  close: (connection) => connection.close(),
};

export class Agent {
  /// `sha256` gives the hex digest of bytes, perhaps as a promise; `pack` makes of bytes what the
  /// implementation's channels take.
  constructor({ RTCPeerConnection, configure, sha256, pack, emit }) {
    Object.assign(this, { RTCPeerConnection, sha256, emit });
    this.configure = configure ?? standard_configuration;
    this.pack = pack ?? ((bytes) => bytes);
    this.connections = new Map();
  }

  /// Commands of one connection run one after another, each when the one before has succeeded or
  /// failed.
  run(command) {
    if (command.do === 'create') {
      try {
        this.connections.set(command.id, new Connection(this, command));
      } catch (error) {
        this.emit({ event: 'error', id: command.id, do: 'create', what: String(error.message) });
      }
      return;
    }
    const connection = this.connections.get(command.id);
    const act = connection_commands[command.do];
    if (!connection || !act) {
      const what = connection ? 'unknown command' : 'unknown connection';
      this.emit({ event: 'error', id: command.id, do: command.do, what });
      return;
    }
    connection.done = connection.done
      .then(() => act(connection, command))
      .catch((error) => connection.fail(command.do, error));
  }
}
