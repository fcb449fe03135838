// Carries descriptions and candidates between two connections, as an application's server would.

const listen_to = (connection, listener) => connection.listeners.add(listener);

/// Every description and candidate goes to the other side at once; offers are answered. Only where
/// checks may not come before the answer, the candidates wait for it.
export function join_signaling(one, other) {
  carry(one, other, one.lacks.includes('early_checks'));
  carry(other, one, false);
}

const candidate_lines = /^a=(candidate|end-of-candidates).*\r\n/gm;

function carry(from, to, hold) {
  let held = hold ? [] : null;
  listen_to(from, (event) => {
    if (event.event === 'remote_set' && held) {
      for (const candidate of held) pass_on(candidate, to);
      held = null;
    }
    if (!['candidate', 'description'].includes(event.event)) return;
    if (!held) pass_on(event, to);
    else if (event.event === 'candidate') held.push(event);
    else {
      held.push(...candidates_in(event));
      pass_on({ ...event, sdp: event.sdp.replace(candidate_lines, '') }, to);
    }
  });
}

function candidates_in({ sdp }) {
  const lines = sdp.match(/(?<=^a=)candidate:.*(?=\r)/gm) ?? [];
  return lines.map((candidate) => ({
    event: 'candidate',
    candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 },
  }));
}

function pass_on(event, to) {
  if (event.event === 'candidate') to.do('candidate', { candidate: event.candidate });
  if (event.event !== 'description') return;
  to.do('set_remote', { type: event.type, sdp: event.sdp });
  if (event.type === 'offer') to.do('answer');
}

/// To be called when both sides have told an offer. The polite one takes the other's and drops its
/// own, whose candidates nobody gets; the impolite one never sees that.
export function join_polite_signaling(polite, impolite) {
  carry(impolite, polite, false);
  for (const event of impolite.events) pass_on(event, polite);
  let answered = false;
  listen_to(polite, (event) => {
    if (event.event === 'description' && event.type === 'answer') answered = true;
    if (answered) pass_on(event, impolite);
  });
}
