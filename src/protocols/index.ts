/** The registry: one line a protocol. */
import { asyncioPbftProperties } from '../../properties/asyncio-pbft.ts'
import { brachaProperties } from '../../properties/bracha.ts'
import { goPbftProperties } from '../../properties/go-pbft.ts'
import { pbftProperties } from '../../properties/pbft.ts'
import type { Subject } from '../model/index.ts'
import * as asyncioPbft from './asyncio-pbft.ts'
import * as bracha from './bracha.ts'
import * as goPbft from './go-pbft.ts'
import * as pbft from './pbft.ts'
import { subject } from './subject.ts'

export const registry: readonly Subject[] = [
  subject(asyncioPbft, asyncioPbftProperties),
  subject(bracha, brachaProperties),
  subject(goPbft, goPbftProperties),
  subject(pbft, pbftProperties),
]
