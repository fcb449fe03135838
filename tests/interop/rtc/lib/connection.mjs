// The test's end of one peer connection, wherever that lives: what it is told to do, what it has
// told, and the waiting for that.

const default_wait_ms = 30_000;
const events_shown = 40;

function shown(event) {
  const text = JSON.stringify(event);
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}

export class Connection {
  /// `lacks` names what this side is not able to do (partners.mjs).
  constructor(host, id, { create = {}, lacks = [] } = {}) {
    Object.assign(this, { host, id, lacks });
    this.name = `${host.name}/${id}`;
    this.events = [];
    this.listeners = new Set();
    host.connections.set(id, this);
    this.do('create', create);
  }

  do(what, fields = {}) {
    this.host.do({ do: what, id: this.id, ...fields });
  }

  channel(channel, options = {}) {
    this.do('channel', { channel, ...options });
  }

  send(channel, what) {
    this.do('send', { channel, ...what });
  }

  record(event) {
    this.events.push(event);
    for (const listener of [...this.listeners]) listener(event);
  }

  /// All events of this name so far, with these fields.
  told(name, fields = {}) {
    const wanted = Object.entries({ event: name, ...fields });
    return this.events.filter((event) => wanted.every(([key, value]) => event[key] === value));
  }

  /// Waits until `find(this)` gives something true, and resolves with it. An error told before that
  /// fails the wait.
  until(what, find, wait_ms = default_wait_ms) {
    return new Promise((resolve, reject) => {
      const finish = (settle, value) => {
        clearTimeout(timer);
        this.listeners.delete(check);
        settle(value);
      };
      const fail = (why) =>
        finish(reject, new Error(`${this.name}: ${why}: ${what}\n${this.history()}`));
      const check = () => {
        const [error] = this.told('error');
        if (error) return fail(`${error.do} failed (${error.what}) while waiting`);
        const found = find(this);
        return found && finish(resolve, found);
      };
      const timer = setTimeout(() => fail(`waited ${wait_ms} ms in vain`), wait_ms);
      this.listeners.add(check);
      check();
    });
  }

  /// Resolves with the `count`th event of this name and these fields.
  heard(name, fields = {}, count = 1) {
    const what = `${name} ${JSON.stringify(fields)} x ${count}`;
    return this.until(what, () => this.told(name, fields)[count - 1]);
  }

  is_open(channel) {
    return this.heard('channel_open', { channel });
  }

  history() {
    return this.events.slice(-events_shown).map((event) => `    ${shown(event)}`).join('\n');
  }
}
