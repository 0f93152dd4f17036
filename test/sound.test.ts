import { describe, expect, test } from 'vitest'
import { canonical, type Json } from '../src/model/index.ts'
import { campaign, commandOf, isOfRuns, type Row, rows } from './expected.ts'
import { inTier, LONG } from './tiers.ts'

/** Runs that a sound protocol has to survive here. This proves nothing; it catches a search that is Byzantine. */
const SURVIVES = inTier(8, 100)

/** Rows about one subject in one configuration are judged in one campaign. */
function together(all: readonly Row[]): Row[][] {
  const groups = new Map<string, Row[]>()
  for (const one of all) {
    const key = `${one.row.subject} ${canonical(one.row.configuration as Json)}`
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}

/** The short tier takes every third. */
const isHere = (_: unknown, i: number): boolean => LONG || i % 3 === 0

/**
 * Where a Byzantine replica leads every view, few random runs decide anything: what holds there is left to the checker.
 */
const ledByLiar = ({ row }: Row): boolean => row.configuration.bounds?.['tenure'] !== undefined

const holding = together(rows.filter((one) => one.row.verdict === 'holds' && isOfRuns(one) && !ledByLiar(one))).filter(
  isHere,
)
/**
 * Three epochs in a row are rare: of Streamlet's runs one in twenty finalises a block. So are equal votes where nothing
 * brings replicas to vote for the same: five of six in the XRP Ledger, and those for new members.
 */
const runsOf = ([first]: Row[]): number => {
  const { subject, configuration } = first!.row
  return (configuration.bounds?.['epochs'] || /^(xrp-ledger|reconfiguration)/.test(subject) ? 5 : 1) * SURVIVES
}

const sound = holding.map((group) => ({
  group,
  command: commandOf({ ...group[0]!.row, claim: group.map(({ row }) => row.claim).join(' ') }, runsOf(group)),
}))

describe('survives', () => {
  test.each(sound)('$command', async ({ group, command }) => {
    const claims = group.map(({ row }) => row.claim)
    const result = await campaign(group[0]!, claims, 0, runsOf(group))
    expect(result.claims, command).toEqual(claims.map((claim) => ({ claim, verdict: 'not-found' })))
    expect(result.decided, `nobody decided in ${command}`).toBeGreaterThan(0)
  })
})
