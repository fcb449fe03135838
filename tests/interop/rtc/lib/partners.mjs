// The implementations we meet, and what they are not able to do whoever the other side is.
//
// large_messages    takes messages of 256 KiB
// empty_messages    sends and takes messages without content
// unicode_labels    opens channels whose names are not ASCII
// ice_restart       makes and answers offers that restart ICE
// tell_reliability  tells of a channel opened by the other side whether it is ordered and reliable
// open_unordered    says that a channel it opens is unordered if that has a limit, too
// flush_on_close    sends what is queued before it closes a channel
// hear_last_words   hears what came before the other side closed a channel
// implicit_rollback drops its own offer when it gets another
// turn_over_tcp     reaches a TURN server over TCP
// early_checks      survives connectivity checks that come before the answer to its offer

export const partners = {
  wrtc: { title: '@roamhq/wrtc', cannot: ['flush_on_close', 'implicit_rollback'] },
  node_datachannel: {
    title: 'node-datachannel',
    cannot: [
      'hear_last_words',
      'ice_restart',
      'tell_reliability',
      'turn_over_tcp',
      'early_checks',
    ],
  },
  werift: {
    title: 'werift',
    cannot: ['large_messages', 'empty_messages', 'unicode_labels', 'open_unordered'],
  },
  chromium: { title: 'Chromium', cannot: ['flush_on_close'] },
};
