import { describe, expect, test } from 'vitest'
import { canonical, deepFreeze, type Program, program, UsageError } from '../../src/model/index.ts'
import type { Stage } from '../../src/shrink/result.ts'
import { shrink } from '../../src/shrink/shrink.ts'
import { verified } from '../../src/shrink/verify.ts'
import { digestOf } from '../../src/system/digest-of.ts'
import { apply, brokenAfterHealing, brokenBy, type Step, start, usedAfter } from '../../src/system/index.ts'
import { examples, offered, provedExample, stuck } from './examples.ts'
import { shortestLength } from './oracle.ts'
import { rawTrace } from './walk.ts'

const maxStates = 4_000

/** The names of the claims that steps break, on `apply` alone. */
function replayed(run: Program, claim: Parameters<typeof shrink>[1], steps: readonly Step[]) {
  let system = start(run)
  const broken: string[] = []
  for (const step of steps) {
    const after = apply(run, system, step)
    broken.push(...brokenBy(run, [claim], after, system).map((violation) => violation.claim))
    system = after
  }
  const used = usedAfter(run, steps)
  broken.push(...brokenAfterHealing(run, [claim], system, used).map((violation) => violation.claim))
  return { broken, digest: digestOf(system) }
}

describe.each(examples)('$name', (example) => {
  const { claim, optimum } = example
  const raw = rawTrace(example.program, claim, offered(example), { atLeast: 6 })
  const stages: Stage[] = []
  const shrunk = shrink(example.program, claim, raw, { maxStates, onStage: (stage) => stages.push(stage) })
  const run = program(example.program.protocol, shrunk.setting)

  test('is no longer than the raw trace and breaks the same claim, at its end', () => {
    expect(shrunk.steps.length).toBeLessThanOrEqual(raw.length)
    expect(replayed(run, claim, shrunk.steps).broken).toEqual([claim.name])
  })

  test('replays twice to one state', () => {
    expect(replayed(run, claim, shrunk.steps).digest).toBe(replayed(run, claim, shrunk.steps).digest)
    expect(verified(run, claim, shrunk.steps).witness).toBe(shrunk.witness)
  })

  test('needs each of its steps', () => {
    for (const left of shrunk.steps.keys()) {
      const fewer = shrunk.steps.filter((_, i) => i !== left)
      expect(() => verified(run, claim, fewer)).toThrow()
    }
  })

  test('gives the same bytes again', () => {
    const copy = JSON.parse(JSON.stringify(raw)) as Step[]
    expect(canonical(shrink(example.program, claim, copy, { maxStates }))).toBe(canonical(shrunk))
  })

  test('reports stages that fit together', () => {
    expect(stages).toEqual(shrunk.stages)
    expect(stages[0]!.before).toBe(raw.length)
    expect(stages.at(-1)!.after).toBe(shrunk.steps.length)
    for (const [i, stage] of stages.slice(1).entries()) expect(stage.before).toBe(stages[i]!.after)
  })

  test.runIf(optimum !== undefined)('is as short as a plain search of everything finds', () => {
    expect(shrunk.shortest).toBe('certified in its own vocabulary')
    expect(shrunk.steps).toHaveLength(optimum!)
    expect(shortestLength(example.program, claim, offered(example))).toBe(optimum)
  })
})

test('a proof is found again when the words behind it are gone', () => {
  const say = (at: number, type: string, value: string) => ({
    at,
    rule: type,
    on: { from: 0, message: { type, value } },
  })
  const votes = (value: string, senders: readonly number[]) => ({
    said: senders.map((from) => ({ from, message: { type: 'VOTE', value } })),
  })
  const decide = (at: number, value: string, senders: readonly number[]): Step => ({
    at,
    rule: 'DECIDE',
    on: { from: 0, message: { type: 'DECIDE', value } as never, proof: votes(value, senders) },
  })
  const raw: Step[] = [
    say(1, 'PROPOSE', 'a'),
    say(2, 'PROPOSE', 'a'),
    say(3, 'PROPOSE', 'b'),
    decide(1, 'a', [1, 2]),
    decide(3, 'b', [0, 3]),
  ]
  const shrunk = shrink(provedExample.program, provedExample.claim, deepFreeze(raw))
  expect(shrunk.steps).toHaveLength(4)
  expect(shrunk.shortest).toBe('certified in its own vocabulary')
})

test('a claim that fails before anything happens is reported with no steps', () => {
  const { program: run } = examples[0]!
  const raw = rawTrace(run, examples[0]!.claim, offered(examples[0]!), { atLeast: 6 })
  const shrunk = shrink(run, stuck, raw)
  expect(shrunk.steps).toEqual([])
  expect(shrunk.eager).toBe('reproduced')
})

test('steps that do not break the claim are refused', () => {
  const { program: run, claim } = examples[0]!
  expect(() => shrink(run, claim, [])).toThrow(UsageError)
})
