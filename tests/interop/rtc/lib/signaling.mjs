// Carries descriptions and candidates between two connections, as an application's server would.

const listen_to = (connection, listener) => connection.listeners.add(listener);

/// Every description and candidate goes to the other side at once; offers are answered. With
/// `hold_candidates` those of the first wait until it has the answer.
export function join_signaling(one, other, { hold_candidates = false } = {}) {
  carry(one, other, hold_candidates);
  carry(other, one, false);
}

function carry(from, to, hold) {
  let held = hold ? [] : null;
  listen_to(from, (event) => {
    if (event.event === 'candidate') {
      if (held) held.push(event);
      else to.do('candidate', { candidate: event.candidate });
    }
    if (event.event === 'remote_set' && held) {
      for (const { candidate } of held) to.do('candidate', { candidate });
      held = null;
    }
    if (event.event !== 'description') return;
    to.do('set_remote', { type: event.type, sdp: event.sdp });
    if (event.type === 'offer') to.do('answer');
  });
}

/// Both sides have offered at once. The polite one takes the other's offer and drops its own, whose
/// candidates nobody gets; the impolite one never sees it.
export function join_polite_signaling(polite, impolite) {
  listen_to(impolite, (event) => {
    if (event.event === 'candidate') polite.do('candidate', { candidate: event.candidate });
    if (event.event !== 'description') return;
    polite.do('set_remote', { type: event.type, sdp: event.sdp });
    if (event.type === 'offer') polite.do('answer');
  });
  let answered = false;
  listen_to(polite, (event) => {
    if (event.event === 'description' && event.type === 'answer') {
      answered = true;
      impolite.do('set_remote', { type: event.type, sdp: event.sdp });
    }
    if (event.event === 'candidate' && answered)
      impolite.do('candidate', { candidate: event.candidate });
  });
}
