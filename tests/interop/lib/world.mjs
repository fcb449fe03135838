// A set of peers around one hub, and the waiting for what they tell.
import { createHash } from 'node:crypto';
import { NativeHost } from './native_host.mjs';
import { NodeHost } from './node_host.mjs';
import { PageHost } from './chromium_host.mjs';

const events_shown = 12;

/// Ids that look random and are the same for the same seed.
export function make_ids(seed, count) {
  const id = (index) => createHash('sha256').update(`${seed}/${index}`).digest('hex').slice(0, 40);
  return Array.from({ length: count }, (_, index) => id(index));
}

export class Peer {
  constructor(world, { id, version, kind }) {
    Object.assign(this, { world, id, version, kind });
    this.name = `${id.slice(0, 6)} (${version} ${kind})`;
    this.events = [];
    this.links = new Set();
    this.listed = new Set();
    this.hub_connections = 0;
  }

  record(event) {
    if (event.name === 'peersUpdated') {
      this.listed = new Set(event.links);
      return;
    }
    this.events.push(event);
    if (event.name === 'peerConnected') this.links.add(event.peer);
    if (event.name === 'peerDisconnected' || event.name === 'peerEvicted')
      this.links.delete(event.peer);
    if (event.name === 'statusChanged' && event.type === 'connected') this.hub_connections += 1;
  }

  is_linked_to(peer) {
    return this.links.has(peer.id);
  }

  count(name) {
    return this.events.filter((event) => event.name === name).length;
  }

  /// By an event; or, as every client does now and then when its sweep for stale links comes first,
  /// by taking the peer off the list without one.
  has_lost(peer) {
    if (this.is_linked_to(peer)) return !this.listed.has(peer.id);
    return this.events.some((event) => event.name === 'peerDisconnected' && event.peer === peer.id);
  }

  has_heard(from, text, direct) {
    return this.events.some(
      (event) =>
        event.name === 'messageReceived' &&
        event.from === from.id &&
        event.content === text &&
        event.direct === direct,
    );
  }

  broadcast(text) {
    return this.host.call('broadcast', { id: this.id, text });
  }

  direct(to, text) {
    return this.host.call('direct', { id: this.id, to: to.id, text });
  }

  /// Any other command of the agent.
  run(command, fields) {
    return this.host.call(command, { id: this.id, ...fields });
  }

  /// The events of one name with these fields.
  told(name, fields = {}) {
    const wanted = Object.entries({ name, ...fields });
    return this.events.filter((event) => wanted.every(([key, value]) => event[key] === value));
  }

  /// Ids the library itself calls connected at this moment.
  open_links() {
    return this.host.call('links', { id: this.id });
  }

  /// Says goodbye and disconnects, as an application does.
  async leave() {
    this.world.peers.delete(this);
    await this.host.call('leave', { id: this.id });
  }

  /// After `leave`: joins again from the same process or page, under the same id.
  join_again(more) {
    const { id, version, kind, host } = this;
    return this.world.join({ id, version, kind, host, more });
  }

  /// Ends its host the way a user does: closes the page.
  async close() {
    this.world.peers.delete(this);
    await this.host.close();
  }

  /// Dies without a word.
  async kill() {
    this.world.peers.delete(this);
    await this.host.kill();
  }

  toString() {
    const links = [...this.links].map((id) => id.slice(0, 6)).join(' ');
    const recent = this.events.slice(-events_shown).map((event) => {
      const { id, name, peer, from, ...rest } = event;
      return `    ${name} ${(peer ?? from ?? '').slice(0, 6)} ${JSON.stringify(rest)}`;
    });
    return [`  ${this.name} linked to [${links}]`, ...recent].join('\n');
  }
}

export class World {
  /// `browser` is needed only for peers of kind "chromium".
  constructor(hub, browser) {
    this.hub = hub;
    this.browser = browser;
    this.peers = new Set();
    this.hosts = [];
    this.peer_by_id = new Map();
    this.waiting = new Set();
  }

  /// A Node process or a page for one peer or, if given to several joins, for several; or a native
  /// process for one.
  async open_host(version, kind) {
    const on_event = (event) => this.on_event(event);
    const openers = {
      chromium: () => PageHost.start(this.browser, version, on_event),
      node: () => NodeHost.start(version, on_event),
      native: () => new NativeHost(on_event),
    };
    const host = await openers[kind]();
    this.hosts.push(host);
    return host;
  }

  /// Adds a peer and resolves when the hub has accepted it. `more` are options under upstream's
  /// names.
  async join({ id, version, kind = 'node', network, max_peers, host, more = {} }) {
    const peer = new Peer(this, { id, version, kind });
    peer.host = host ?? (await this.open_host(version, kind));
    this.peers.add(peer);
    this.peer_by_id.set(id, peer);
    const options = { networkName: network, maxPeers: max_peers, ...more };
    await peer.host.call('join', { id, url: this.hub.url, options });
    return peer;
  }

  on_event(event) {
    this.peer_by_id.get(event.id)?.record(event);
    for (const check of this.waiting) check();
  }

  /// Waits until `condition()` holds; it is asked again after every event of any peer.
  until(what, condition, timeout_ms) {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!condition()) return;
        finish();
        resolve();
      };
      const timer = setTimeout(() => {
        finish();
        reject(
          new Error(`waited ${timeout_ms} ms in vain: ${what}\n${[...this.peers].join('\n')}`),
        );
      }, timeout_ms);
      const finish = () => {
        clearTimeout(timer);
        this.waiting.delete(check);
      };
      this.waiting.add(check);
      check();
    });
  }

  async close() {
    await Promise.allSettled(this.hosts.map((host) => host.close()));
  }
}
