/** The registry: one line a protocol. */
import { asyncioPbftProperties } from '../../properties/asyncio-pbft.ts'
import { benOrProperties } from '../../properties/ben-or.ts'
import { brachaProperties } from '../../properties/bracha.ts'
import { brachaByDeliveryProperties } from '../../properties/bracha-by-delivery.ts'
import { dolevStrongProperties } from '../../properties/dolev-strong.ts'
import { goPbftProperties } from '../../properties/go-pbft.ts'
import { oralMessagesProperties } from '../../properties/oral-messages.ts'
import { paxosProperties } from '../../properties/paxos.ts'
import { pbftProperties } from '../../properties/pbft.ts'
import { twoPhaseCommitProperties } from '../../properties/two-phase-commit.ts'
import type { Subject } from '../model/index.ts'
import * as asyncioPbft from './asyncio-pbft.ts'
import * as benOr from './ben-or.ts'
import * as bracha from './bracha.ts'
import * as brachaByDelivery from './bracha-by-delivery.ts'
import * as dolevStrong from './dolev-strong.ts'
import * as goPbft from './go-pbft.ts'
import * as oralMessages from './oral-messages.ts'
import * as paxos from './paxos.ts'
import * as pbft from './pbft.ts'
import { subject } from './subject.ts'
import * as twoPhaseCommit from './two-phase-commit.ts'

export const registry: readonly Subject[] = [
  subject(asyncioPbft, asyncioPbftProperties),
  subject(benOr, benOrProperties),
  subject(bracha, brachaProperties),
  subject(brachaByDelivery, brachaByDeliveryProperties),
  subject(dolevStrong, dolevStrongProperties),
  subject(goPbft, goPbftProperties),
  subject(oralMessages, oralMessagesProperties),
  subject(paxos, paxosProperties),
  subject(pbft, pbftProperties),
  subject(twoPhaseCommit, twoPhaseCommitProperties),
]
