/** The registry: one line a protocol. */
import { abdProperties } from '../../properties/abd.ts'
import { asyncioPbftProperties } from '../../properties/asyncio-pbft.ts'
import { benOrProperties } from '../../properties/ben-or.ts'
import { boscoProperties } from '../../properties/bosco.ts'
import { brachaProperties } from '../../properties/bracha.ts'
import { brachaByDeliveryProperties } from '../../properties/bracha-by-delivery.ts'
import { brachaTouegProperties } from '../../properties/bracha-toueg.ts'
import { bullsharkProperties } from '../../properties/bullshark.ts'
import { chainReplicationProperties } from '../../properties/chain-replication.ts'
import { chainedHotstuffProperties } from '../../properties/chained-hotstuff.ts'
import { dbftProperties } from '../../properties/dbft.ts'
import { dolevStrongProperties } from '../../properties/dolev-strong.ts'
import { fabProperties } from '../../properties/fab.ts'
import { goPbftProperties } from '../../properties/go-pbft.ts'
import { honeybadgerProperties } from '../../properties/honeybadger.ts'
import { hotstuffProperties } from '../../properties/hotstuff.ts'
import { ibftProperties } from '../../properties/ibft.ts'
import { mmr14Properties } from '../../properties/mmr14.ts'
import { oralMessagesProperties } from '../../properties/oral-messages.ts'
import { parallelDolevStrongProperties } from '../../properties/parallel-dolev-strong.ts'
import { paxosProperties } from '../../properties/paxos.ts'
import { pbftProperties } from '../../properties/pbft.ts'
import { pfabProperties } from '../../properties/pfab.ts'
import { phaseKingProperties } from '../../properties/phase-king.ts'
import { phaseQueenProperties } from '../../properties/phase-queen.ts'
import { qbftProperties } from '../../properties/qbft.ts'
import { raftProperties } from '../../properties/raft.ts'
import { reconfigurationProperties } from '../../properties/reconfiguration.ts'
import { signedMajorityProperties } from '../../properties/signed-majority.ts'
import { simplexProperties } from '../../properties/simplex.ts'
import { srikanthTouegProperties } from '../../properties/srikanth-toueg.ts'
import { streamletProperties } from '../../properties/streamlet.ts'
import { syncHotstuffProperties } from '../../properties/sync-hotstuff.ts'
import { tendermintProperties } from '../../properties/tendermint.ts'
import { twoPhaseCommitProperties } from '../../properties/two-phase-commit.ts'
import { twoStepProperties } from '../../properties/two-step.ts'
import { vrProperties } from '../../properties/vr.ts'
import { weightedBrachaProperties } from '../../properties/weighted-bracha.ts'
import { xrpLedgerProperties } from '../../properties/xrp-ledger.ts'
import { zyzzyvaProperties } from '../../properties/zyzzyva.ts'
import type { Subject } from '../model/index.ts'
import * as abd from './abd.ts'
import * as asyncioPbft from './asyncio-pbft.ts'
import * as benOr from './ben-or.ts'
import * as bosco from './bosco.ts'
import * as bracha from './bracha.ts'
import * as brachaByDelivery from './bracha-by-delivery.ts'
import * as brachaToueg from './bracha-toueg.ts'
import * as bullshark from './bullshark.ts'
import * as chainReplication from './chain-replication.ts'
import * as chainedHotstuff from './chained-hotstuff.ts'
import * as dbft from './dbft.ts'
import * as dolevStrong from './dolev-strong.ts'
import * as fab from './fab.ts'
import * as goPbft from './go-pbft.ts'
import * as honeybadger from './honeybadger.ts'
import * as hotstuff from './hotstuff.ts'
import * as ibft from './ibft.ts'
import * as mmr14 from './mmr14.ts'
import * as oralMessages from './oral-messages.ts'
import * as parallelDolevStrong from './parallel-dolev-strong.ts'
import * as paxos from './paxos.ts'
import * as pbft from './pbft.ts'
import * as pfab from './pfab.ts'
import * as phaseKing from './phase-king.ts'
import * as phaseQueen from './phase-queen.ts'
import * as qbft from './qbft.ts'
import * as raft from './raft.ts'
import * as reconfiguration from './reconfiguration.ts'
import * as signedMajority from './signed-majority.ts'
import * as simplex from './simplex.ts'
import * as srikanthToueg from './srikanth-toueg.ts'
import * as streamlet from './streamlet.ts'
import { subject } from './subject.ts'
import * as syncHotstuff from './sync-hotstuff.ts'
import * as tendermint from './tendermint.ts'
import * as twoPhaseCommit from './two-phase-commit.ts'
import * as twoStep from './two-step.ts'
import * as vr from './vr.ts'
import * as weightedBracha from './weighted-bracha.ts'
import * as xrpLedger from './xrp-ledger.ts'
import * as zyzzyva from './zyzzyva.ts'

/** Every registered protocol, with its variants and all that is claimed of it. */
export const registry: readonly Subject[] = [
  subject(abd, abdProperties),
  subject(asyncioPbft, asyncioPbftProperties),
  subject(benOr, benOrProperties),
  subject(bosco, boscoProperties),
  subject(bracha, brachaProperties),
  subject(brachaByDelivery, brachaByDeliveryProperties),
  subject(brachaToueg, brachaTouegProperties),
  subject(bullshark, bullsharkProperties),
  subject(chainReplication, chainReplicationProperties),
  subject(chainedHotstuff, chainedHotstuffProperties),
  subject(dbft, dbftProperties),
  subject(dolevStrong, dolevStrongProperties),
  subject(fab, fabProperties),
  subject(goPbft, goPbftProperties),
  subject(honeybadger, honeybadgerProperties),
  subject(hotstuff, hotstuffProperties),
  subject(ibft, ibftProperties),
  subject(mmr14, mmr14Properties),
  subject(oralMessages, oralMessagesProperties),
  subject(parallelDolevStrong, parallelDolevStrongProperties),
  subject(paxos, paxosProperties),
  subject(pbft, pbftProperties),
  subject(pfab, pfabProperties),
  subject(phaseKing, phaseKingProperties),
  subject(phaseQueen, phaseQueenProperties),
  subject(qbft, qbftProperties),
  subject(raft, raftProperties),
  subject(reconfiguration, reconfigurationProperties),
  subject(signedMajority, signedMajorityProperties),
  subject(simplex, simplexProperties),
  subject(srikanthToueg, srikanthTouegProperties),
  subject(streamlet, streamletProperties),
  subject(syncHotstuff, syncHotstuffProperties),
  subject(tendermint, tendermintProperties),
  subject(twoPhaseCommit, twoPhaseCommitProperties),
  subject(twoStep, twoStepProperties),
  subject(vr, vrProperties),
  subject(weightedBracha, weightedBrachaProperties),
  subject(xrpLedger, xrpLedgerProperties),
  subject(zyzzyva, zyzzyvaProperties),
]
