/*
 * `turncoat check bracha-by-delivery --n 4 --byzantine 3` in Promela: Bracha's reliable broadcast with its tallies in
 * the state, four replicas, r3 Byzantine, r0 the correct sender of value 1. One transition is one delivery that changes
 * its receiver, with everything that it triggers. The soup needs no variables: a correct replica has said what its own
 * votes say, r3 may say ECHO and READY of either value to anyone at any time.
 *
 *     spin -a bracha.pml && gcc -O2 -DSAFETY -DNOREDUCE -o pan pan.c && ./pan -m1000
 *
 * stores 1,150,362 states, as many as `check --no-reduction` counts. Spin's transitions are stored + matched, and the
 * initial state counts as stored: one more than the 9,189,720 deliveries.
 */
#define ECHO_QUORUM 3
#define AMPLIFY_QUORUM 2
#define DELIVER_QUORUM 3

/* By receiver and sender: the value of the first ECHO, or READY, of that sender; 0 before. The own one is what it said. */
byte echoes[12];
byte readies[12];
byte delivered[3];

#define R(r, s) readies[(r) * 4 + (s)]
#define E(r, s) echoes[(r) * 4 + (s)]
/* The sender has echoed its own value when the run begins; arrays can begin with zeros only. */
#define ECHOED(r, s) ((r) == 0 && (s) == 0 -> 1 : E(r, s))

#define ECHOES(r, v) ((ECHOED(r, 0) == v) + (ECHOED(r, 1) == v) + (ECHOED(r, 2) == v) + (ECHOED(r, 3) == v))
#define READIES(r, v) ((R(r, 0) == v) + (R(r, 1) == v) + (R(r, 2) == v) + (R(r, 3) == v))

#define SAID_ECHO(s, v) ((s) == 3 || ECHOED((s) % 3, (s) % 3) == v)
#define SAID_READY(s, v) ((s) == 3 || R((s) % 3, (s) % 3) == v)

/* What a vote for v triggers at r: its own READY, which counts at once, and the delivery. */
#define TRIGGERED(r, v) \
  if :: R(r, r) == 0 && (ECHOES(r, v) >= ECHO_QUORUM || READIES(r, v) >= AMPLIFY_QUORUM) -> R(r, r) = v :: else fi; \
  if :: delivered[r] == 0 && READIES(r, v) >= DELIVER_QUORUM -> delivered[r] = v :: else fi

#define SEND(r) :: d_step { E(r, r) == 0 -> E(r, r) = 1; TRIGGERED(r, 1) }
#define ECHO(r, s, v) :: d_step { E(r, s) == 0 && SAID_ECHO(s, v) -> E(r, s) = v; TRIGGERED(r, v) }
#define READY(r, s, v) :: d_step { R(r, s) == 0 && SAID_READY(s, v) -> R(r, s) = v; TRIGGERED(r, v) }
#define FROM(r, s) ECHO(r, s, 1) ECHO(r, s, 2) READY(r, s, 1) READY(r, s, 2)

active proctype network() {
end:
  do
  SEND(1)
  SEND(2)
  FROM(0, 1) FROM(0, 2) FROM(0, 3)
  FROM(1, 0) FROM(1, 2) FROM(1, 3)
  FROM(2, 0) FROM(2, 1) FROM(2, 3)
  od
}
