/** What each variant changes, in one sentence: the words of `list` and `show`. */

export const benOrVariants = {
  'adopt-f': 'Adopts a proposal after f of them instead of f + 1.',
  'decide-f-plus-1': 'Decides after f + 1 proposals of a value.',
  'simple-majority': 'Proposes a value after a simple majority of reports.',
}

export const brachaVariants = {
  'amplify-one': 'One READY is enough to send READY.',
  'deliver-f-plus-1': 'Delivers after f + 1 READYs instead of 2f + 1.',
  'deliver-one': 'Delivers after one READY instead of 2f + 1.',
  'echo-2f-plus-1': 'READY after 2f + 1 ECHOs, which is too few where n > 3f + 1.',
  'echo-two': 'READY after f + 1 ECHOs: two such quorums need not share a correct replica.',
  'n-3f': 'Quorums of n − f, and f + 1 to amplify. With n = 3f two of them share no correct replica.',
  'n-3f-full-quorum': 'For n = 3: quorums of all three replicas, and two to amplify.',
  'no-amplification': 'READY only follows ECHOs, never other READYs.',
  'ready-repeat': 'READY after f + 1 ECHOs, for each value anew.',
}

export const bullsharkVariants = {
  'f-votes': 'Commits an anchor after f votes instead of f + 1.',
  uncertified: 'Broadcasts vertices without certificates: a Byzantine author may have several in a round.',
}

export const dolevStrongVariants = {
  'f-rounds': 'f rounds instead of f + 1.',
  'no-relay': 'Nobody passes on what it has accepted.',
  'sender-optional': 'The first signature need not be that of the sender.',
  'short-chain': 'Accepts one signature less than the round has.',
}

export const oralMessagesVariants = {
  'm-rounds': 'm rounds of passing on instead of m + 1.',
}

export const paxosVariants = {
  'forgets-accepted': 'Does not know any more, after a restart, what it has accepted.',
  'forgets-promise': 'Acceptors accept lower ballots than they have promised.',
  'ignores-accepted': 'Proposers ignore the values that acceptors report.',
}

export const pbftVariants = {
  'checkpoint-f-plus-1': 'A checkpoint is stable after f + 1 CHECKPOINTs. Safe: one of them is correct.',
  'client-one-reply': 'A client accepts a result after one REPLY instead of f + 1.',
  'commit-2f': 'Commits after 2f COMMITs instead of a quorum.',
  'commit-across-views': 'COMMITs of different views count for one quorum.',
  'commit-digest-blind': 'COMMITs count whatever their digest. Safe: a replica commits only what it has prepared.',
  'commit-without-prepared': 'Commits without having prepared, on COMMITs for any digest.',
  'digest-blind': 'Votes count for a slot whatever their digest.',
  'execute-again': 'Executes a request again when it is ordered twice.',
  'execute-out-of-order': 'Executes a committed slot before the slots below it.',
  'lowest-view-certificate': 'A new primary picks the prepared certificate of the lowest view.',
  'new-view-o-unchecked': 'Backups do not check the proposals of a NEW-VIEW.',
  'new-view-unchecked': 'Nobody verifies the proof of a NEW-VIEW.',
  'no-join': 'Replicas never join a view change that others have begun.',
  'no-new-view': 'A replica enters the next view without a NEW-VIEW.',
  'no-null-fill': 'A new primary leaves gaps between slots instead of null requests.',
  'no-view-gate': 'Replicas go on acting in views that they have left.',
  'prepare-2f-minus-1': 'Prepares after 2f − 1 PREPAREs instead of a quorum.',
  'prepare-across-views': 'PREPAREs of different views count for one quorum.',
  'primary-prepares': 'The primary sends a PREPARE too. Safe: it does not count.',
  'quorum-2f-plus-1': 'All quorums are 2f + 1, whatever n is.',
  'state-transfer-f': 'A checkpoint is stable after f CHECKPOINTs.',
  'vc-omits-prepared': 'VIEW-CHANGE messages carry no prepared certificates.',
  'vc-unproved-checkpoint': 'VIEW-CHANGE messages need no proof of their checkpoint.',
  'vc-unverified-certificates': 'Nobody verifies the certificates in a VIEW-CHANGE.',
}

export const twoPhaseCommitVariants = {
  'abort-prepared': 'A prepared participant may abort by itself.',
  'commit-early': 'The manager commits with one participant not yet prepared.',
}

export const reconfigurationVariants = {
  'both-sets': 'Goes on to a slot before the slots below it are decided, with the members that it knows.',
  joint: 'Goes on too, but needs quorums of the old members and of the new. Safe.',
  'old-majority': 'Counts as many votes as before, although there are more members.',
}

export const weightedBrachaVariants = {
  'counts-heads': 'Counts replicas instead of their stake: small ones are as good as large ones.',
}

export const xrpLedgerVariants = {
  'short-lists': 'Lists have one replica fewer: two quorums need no correct replica in common.',
}
