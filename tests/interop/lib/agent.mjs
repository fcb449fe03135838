// Drives PeerPigeon meshes where they live: in a Node process or in a page. Loaded by both, so it
// uses nothing of either. What the library emits goes to `emit` as plain JSON.
import { binary_content } from '../rtc/lib/content.mjs';

const reported_events = {
  peerDiscovered: (event) => ({ peer: event.peerId }),
  peerConnected: (event) => ({ peer: event.peerId }),
  peerDisconnected: (event) => ({ peer: event.peerId, reason: event.reason }),
  peerEvicted: (event) => ({ peer: event.peerId ?? event.fromPeerId, reason: event.reason }),
  messageReceived: (event) => ({
    from: event.from,
    content: event.content,
    direct: event.direct === true,
    encrypted: event.encrypted === true,
    hops: event.hops,
    message: event.messageId,
  }),
  peerKeyAdded: (event) => ({ peer: event.peerId }),
  streamAborted: (event) => ({ peer: event.peerId, reason: event.reason }),
  statusChanged: (event) => ({ type: event.type, message: event.message }),
};

/// Ids with an open channel right now, as the library counts them.
function open_links(mesh) {
  const connected = mesh.getPeers().filter((peer) => peer.status === 'connected');
  return connected.map((peer) => peer.peerId);
}

async function sha256(pieces) {
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  const digest = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes));
  const sum = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { bytes: bytes.length, sha256: sum };
}

/// Tells of a stream when its last byte has been read.
async function read_stream(id, { peerId, stream, metadata }, emit) {
  const pieces = [];
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read())
    pieces.push(next.value);
  const { type, filename } = metadata;
  emit({ id, name: 'streamRead', peer: peerId, type, filename, ...(await sha256(pieces)) });
}

function watch_transfers(mesh, id, emit) {
  mesh.addEventListener('binaryMessageReceived', async ({ from, data }) => {
    emit({ id, name: 'binaryMessageReceived', from, ...(await sha256([data])) });
  });
  mesh.addEventListener('streamReceived', (event) => {
    read_stream(id, event, emit).catch((error) =>
      emit({ id, name: 'streamBroken', peer: event.peerId, reason: String(error) }),
    );
  });
}

function watch(mesh, id, emit) {
  mesh.addEventListener('peersUpdated', () => {
    emit({ id, name: 'peersUpdated', links: open_links(mesh) });
  });
  for (const [name, pick] of Object.entries(reported_events)) {
    mesh.addEventListener(name, (event) => emit({ id, name, ...pick(event) }));
  }
  watch_transfers(mesh, id, emit);
}

/// 0.1.1 takes most options by these calls only.
const setters = {
  maxPeers: 'setMaxPeers',
  minPeers: 'setMinPeers',
  autoDiscovery: 'setAutoDiscovery',
  evictionStrategy: 'setEvictionStrategy',
};

function set_options(mesh, options) {
  for (const [name, setter] of Object.entries(setters))
    if (options[name] !== undefined && mesh[name] !== options[name]) mesh[setter](options[name]);
}

function message_commands(meshes) {
  return {
    async broadcast({ id, text }) {
      return meshes.get(id).sendMessage(text);
    },

    async direct({ id, to, text }) {
      return meshes.get(id).sendDirectMessage(to, text);
    },

    async encrypted({ id, to, text }) {
      return meshes.get(id).sendEncryptedMessage(to, text);
    },

    /// Shows the peer our keys again, so that it answers with its own.
    async exchange_keys({ id, to }) {
      return meshes.get(id).exchangeKeysWithPeer(to);
    },

    async binary({ id, to, seed, bytes }) {
      return meshes.get(id).sendBinaryData(to, binary_content(seed, 0, bytes));
    },

    /// Resolves when the last byte is with the channel.
    async file({ id, to, filename, seed, bytes }) {
      const data = binary_content(seed, 0, bytes);
      await meshes.get(id).sendFile(to, new File([data], filename));
    },

    /// To everybody. A part is handed to the channels without waiting for room, so at once only as
    /// much as they hold.
    async broadcast_file({ id, filename, seed, bytes }) {
      const data = binary_content(seed, 0, bytes);
      const options = { filename, type: 'file', totalSize: bytes };
      const writer = meshes.get(id).createBroadcastStream(options).getWriter();
      const piece = 16384;
      for (let at = 0; at < bytes; at += piece) {
        await writer.write(data.subarray(at, at + piece));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await writer.close();
    },

    /// The same by `broadcastBlob`.
    async broadcast_blob({ id, seed, bytes }) {
      await meshes.get(id).broadcastBlob(new Blob([binary_content(seed, 0, bytes)]));
    },

    async start_media({ id, video, audio }) {
      await meshes.get(id).startMedia({ video, audio });
    },
  };
}

/// Keys of groups and what is encrypted travel as JSON text, as applications carry them.
function group_commands(meshes) {
  return {
    async generate_group_key({ id, group }) {
      return JSON.stringify(await meshes.get(id).generateGroupKey(group));
    },

    add_group_key({ id, group, key }) {
      meshes.get(id).addGroupKey(group, JSON.parse(key));
    },

    async to_group({ id, group, text }) {
      return meshes.get(id).sendEncryptedBroadcast(text, group);
    },

    /// For a group, for a peer, or for itself.
    async encrypt({ id, group = null, to = null, text }) {
      return JSON.stringify(await meshes.get(id).encryptMessage(text, to, group));
    },

    async decrypt({ id, json }) {
      return meshes.get(id).decryptMessage(JSON.parse(json));
    },
  };
}

function link_commands(meshes, emit) {
  return {
    /// The smaller id silently does nothing.
    async link({ id, to }) {
      await meshes.get(id).connectToPeer(to);
    },

    set_max_peers({ id, count }) {
      return meshes.get(id).setMaxPeers(count);
    },

    links({ id }) {
      return open_links(meshes.get(id));
    },

    /// Ids that it may still call.
    known({ id }) {
      const discovered = meshes.get(id).getDiscoveredPeers();
      return discovered.map((peer) => peer.peerId);
    },

    /// 0.1.1 only: lets it test the channel, five seconds from now, as it does when the path is bad
    /// and the hub away. The other side's answer is told.
    test_channel({ id, to }) {
      const connection = meshes.get(id).peers.get(to);
      connection.dataChannel.addEventListener('message', ({ data }) => {
        const { type, from, timestamp, originalTimestamp } = JSON.parse(data);
        if (type === 'pong') emit({ id, name: 'pong', from, timestamp, originalTimestamp });
      });
      connection.monitorDataChannelHealth();
    },
  };
}

/// Commands for meshes made of `PeerPigeonMesh`, an unmodified class of any version. Each takes one
/// JSON value and returns one.
export function make_agent(PeerPigeonMesh, emit) {
  const meshes = new Map();

  return {
    ...message_commands(meshes),
    ...group_commands(meshes),
    ...link_commands(meshes, emit),

    /// Resolves when the hub has accepted the connection.
    async join({ id, url, options }) {
      const mesh = new PeerPigeonMesh({ ...options, peerId: id });
      set_options(mesh, options);
      meshes.set(id, mesh);
      watch(mesh, id, emit);
      await mesh.init();
      await mesh.connect(url);
      return mesh.peerId;
    },

    leave({ id }) {
      meshes.get(id).disconnect();
      meshes.delete(id);
    },
  };
}
