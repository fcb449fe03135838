// Drives PeerPigeon meshes where they live: in a Node process or in a page. Loaded by both, so it
// uses nothing of either. What the library emits goes to `emit` as plain JSON.

const reported_events = {
  peerDiscovered: (event) => ({ peer: event.peerId }),
  peerConnected: (event) => ({ peer: event.peerId }),
  peerDisconnected: (event) => ({ peer: event.peerId, reason: event.reason }),
  peerEvicted: (event) => ({ peer: event.peerId ?? event.fromPeerId, reason: event.reason }),
  messageReceived: (event) => ({
    from: event.from,
    content: event.content,
    direct: event.direct === true,
  }),
  statusChanged: (event) => ({ type: event.type, message: event.message }),
};

/// Ids with an open channel right now, as the library counts them.
function open_links(mesh) {
  const connected = mesh.getPeers().filter((peer) => peer.status === 'connected');
  return connected.map((peer) => peer.peerId);
}

function watch(mesh, id, emit) {
  mesh.addEventListener('peersUpdated', () => {
    emit({ id, name: 'peersUpdated', links: open_links(mesh) });
  });
  for (const [name, pick] of Object.entries(reported_events)) {
    mesh.addEventListener(name, (event) => emit({ id, name, ...pick(event) }));
  }
}

/// Commands for meshes made of `PeerPigeonMesh`, an unmodified class of any version. Each takes one
/// JSON value and returns one.
export function make_agent(PeerPigeonMesh, emit) {
  const meshes = new Map();

  return {
    /// Resolves when the hub has accepted the connection.
    async join({ id, url, options }) {
      const mesh = new PeerPigeonMesh({ ...options, peerId: id });
      meshes.set(id, mesh);
      watch(mesh, id, emit);
      await mesh.init();
      await mesh.connect(url);
      return mesh.peerId;
    },

    async broadcast({ id, text }) {
      await meshes.get(id).sendMessage(text);
    },

    async direct({ id, to, text }) {
      await meshes.get(id).sendDirectMessage(to, text);
    },

    links({ id }) {
      return open_links(meshes.get(id));
    },

    leave({ id }) {
      meshes.get(id).disconnect();
      meshes.delete(id);
    },
  };
}
