import { assertRestrictions, strategiesFor } from '../../adversary/index.ts'
import { PROTOCOL, SETTING } from '../../model/definition.ts'
import {
  assertClaims,
  assertCounted,
  type Claim,
  isLockstep,
  type Law,
  type Protocol,
  UsageError,
} from '../../model/index.ts'
import {
  assertKind,
  assertKnown,
  assertShape,
  FLAG,
  type Kind,
  listOf,
  optional,
  TEXT,
  WHOLE,
  whole,
} from '../../model/shape.ts'
import { noException } from '../../system/index.ts'
import { byPlan } from '../schedule/by-plan.ts'
import { choosersFor } from '../schedule/own-choosers.ts'
import type { Campaign } from './result.ts'

const CAMPAIGN: { readonly [K in keyof Required<Campaign>]: Kind } = {
  ...{ subject: TEXT, settings: listOf(SETTING), claims: listOf(TEXT) },
  ...{ runs: whole(1), firstRun: WHOLE, seed: whole(0, 2 ** 32 - 1), maxSteps: whole(1) },
  ...{ strategies: listOf(TEXT), schedulers: listOf(TEXT) },
  ...{ counts: optional(FLAG), learns: optional(FLAG), never: optional(listOf(TEXT)) },
}

/** @throws UsageError for a campaign that asks for what there is not: a name with a letter too few finds nothing */
export function assertCampaign(campaign: Campaign, protocol: Protocol, claims: readonly Claim<any>[], law?: Law): void {
  assertKind('the protocol', PROTOCOL, protocol)
  assertClaims(claims, protocol.subject, [protocol])
  assertShape('the campaign', CAMPAIGN, campaign)
  for (const setting of campaign.settings) assertCounted(claims, setting)
  const named = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name)
  if (campaign.settings.length === 0) {
    throw new UsageError('the campaign has no setting', 'give what `configure` returns')
  }
  const judged = named([...claims.filter(({ kind }) => kind !== 'sometimes'), noException])
  assertKnown(`claim of ${protocol.subject}`, campaign.claims, judged)
  assertKnown('strategy', campaign.strategies, named(strategiesFor(protocol)))
  if (campaign.learns && isLockstep(protocol)) {
    throw new UsageError(
      `${protocol.subject} is a lockstep protocol, whose runs cannot learn from one another`,
      'leave out --learn',
    )
  }
  if (campaign.never) assertRestrictions(campaign.never, law, protocol.subject)
  if (campaign.never && isLockstep(protocol)) {
    throw new UsageError(
      `${protocol.subject} is a lockstep protocol, whose coalition cannot be restricted`,
      'leave out --never',
    )
  }
  if (campaign.never && campaign.schedulers.every((name) => name === byPlan.name)) {
    throw new UsageError(
      'a plan takes for granted that nothing restricts the coalition',
      'name another --scheduler, too',
    )
  }
  assertKnown('scheduler', campaign.schedulers, named(choosersFor(protocol)))
}
