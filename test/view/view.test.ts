import { describe, expect, test } from 'vitest'
import { canonical } from '../../src/model/index.ts'
import { digestOf } from '../../src/system/digest-of.ts'
import { apply, Impossible, type Step, start } from '../../src/system/index.ts'
import { arrowsOf, pastOf, type RunView, truthsAt } from '../../src/view/index.ts'
import { type SavedRun, savedNames, savedRun } from '../saved-traces.ts'
import { inTier } from '../tiers.ts'

const stepsOf = ({ trace }: SavedRun): Step[] => trace.steps.map(({ digest: _, ...step }) => step as Step)

/** What the run says about states is what the reference says. */
function wrongStates({ program, run, ...saved }: SavedRun): string[] {
  let system = start(program)
  return stepsOf({ program, run, ...saved }).flatMap((step, i) => {
    system = apply(program, system, step)
    const event = run.events[i]!
    const isSame = canonical(run.states[event.state]) === canonical(system.locals[step.at]!.state)
    return isSame && event.digest === digestOf(system) && event.at === step.at ? [] : [`step ${i + 1}`]
  })
}

/** An envelope is received after it was sent, by somebody it is for, once; whoever said nothing has no quorum to be in. */
function wrongLetters({ events, envelopes, setting }: RunView): string[] {
  return events.flatMap(({ at, number, receives, sends, fires }) => [
    ...receives.flatMap((id) => {
      const { sent, arrivals, origin } = envelopes[id]!
      const isInTime = sent === null ? origin !== 'correct' : sent < number
      const isOnce = arrivals.filter((one) => one.at === at).length === 1 && arrivals.some((one) => one.step === number)
      return isInTime && isOnce ? [] : [`step ${number} receives ${id}`]
    }),
    ...sends.flatMap((id) =>
      envelopes[id]!.from === at && envelopes[id]!.sent === number ? [] : [`step ${number} sends ${id}`],
    ),
    ...fires.flatMap(({ quorums }) =>
      quorums.flatMap(({ kind, q, senders, envelopes: said }) => {
        const known = senders.every(
          (id) => kind === 'count' || said.some((envelope) => envelopes[envelope]!.from === id),
        )
        const fits =
          new Set(senders).size === senders.length &&
          senders.length >= q &&
          senders.every((id) => id < setting.n + setting.clients)
        return known && fits ? [] : [`step ${number} has a quorum of ${senders.length}`]
      }),
    ),
  ])
}

/** The causal past of the last step, taken by itself, leads its participant to the same state. */
function isPastEnough({ program, run, ...saved }: SavedRun, past: readonly number[]): boolean {
  const steps = stepsOf({ program, run, ...saved })
  let system = start(program)
  try {
    for (const number of past) system = apply(program, system, steps[number - 1]!)
  } catch (error) {
    if (error instanceof Impossible) return false
    throw error
  }
  const { at, state } = run.events.at(-1)!
  return canonical(system.locals[at]!.state) === canonical(run.states[state])
}

/** Some of the traces; the long tier has them all. */
const names = savedNames.filter((_, i) => i % inTier(9, 1) === 0)

describe.each(names)('%s as data', (name) => {
  test('says of states, envelopes and causes what the reference says', async () => {
    const saved = await savedRun(name)
    expect(saved.run.events).toHaveLength(saved.trace.steps.length)
    expect(wrongStates(saved)).toEqual([])
    expect(wrongLetters(saved.run)).toEqual([])
    // Rounds are taken by all in turn, so that none can be left out.
    if (saved.run.events.length > 0 && saved.trace.setting.steps !== 'lockstep') {
      expect(isPastEnough(saved, pastOf(saved.run, saved.run.events.length))).toBe(true)
    }
    expect(JSON.parse(JSON.stringify(saved.run))).toEqual(saved.run)
  })
})

describe('the laws can tell', () => {
  test('a wrong state, an envelope before it was sent, a quorum that is too small', async () => {
    const saved = await savedRun('pbft-commit-2f')
    const { run } = saved
    const other = (change: object, number: number): RunView => ({
      ...run,
      events: run.events.map((event) => (event.number === number ? { ...event, ...change } : event)),
    })
    expect(wrongStates({ ...saved, run: other({ state: 0 }, 4) })).toEqual(['step 4'])
    expect(wrongLetters(other({ receives: [run.events[10]!.sends[0]!] }, 3))).not.toEqual([])
    const [fire] = run.events[3]!.fires
    const small = { ...fire!, quorums: [{ ...fire!.quorums[0]!, senders: [3] }] }
    expect(wrongLetters(other({ fires: [small] }, 4))).toEqual(['step 4 has a quorum of 1'])
  })

  test('a causal past from which something is missing', async () => {
    const saved = await savedRun('pbft-commit-2f')
    const past = pastOf(saved.run, 12)
    expect(past).toEqual([1, 5, 6, 7, 8, 9, 10, 11, 12])
    expect(isPastEnough(saved, past)).toBe(true)
    // Step 1 is what r2 leaves behind at its view change: r1 is none the wiser.
    for (const number of past.filter((one) => one !== 12 && one !== 1)) {
      expect(
        isPastEnough(
          saved,
          past.filter((one) => one !== number),
        ),
      ).toBe(false)
    }
  })
})

test('claims are judged at each step', async () => {
  const { run } = await savedRun('pbft-commit-2f', true)
  const at = (number: number, claim: string) => truthsAt(run, number).get(claim)!.is
  expect([0, 3, 4, 12].map((number) => at(number, 'decided'))).toEqual(['pending', 'pending', 'reached', 'reached'])
  expect([0, 6, 7, 12].map((number) => at(number, 'certificate-carried'))).toEqual([
    'holds',
    'holds',
    'violated',
    'violated',
  ])
  expect([0, 11, 12].map((number) => at(number, 'agreement'))).toEqual(['holds', 'holds', 'violated'])
  expect(truthsAt(run, 12).get('agreement')!.witness).toBe(run.witness)
})

test('what is lost, what never arrives, and what a Byzantine replica says are different lines', async () => {
  const { run } = await savedRun('asyncio-pbft-lost-wakeup')
  expect(arrowsOf(run).filter(({ kind }) => kind === 'lost')).toHaveLength(1)
  const byzantineMessages = arrowsOf((await savedRun('asyncio-pbft-forged-sender')).run)
  // Two of the eight are said to their supposed senders: a line from a lane to itself is none.
  expect(byzantineMessages.filter(({ kind }) => kind === 'forged')).toHaveLength(4)
  const { run: plain } = await savedRun('pbft-commit-2f')
  const missing = arrowsOf(plain).filter(({ kind }) => kind === 'missing')
  expect(missing.length).toBeGreaterThan(0)
  for (const { envelope, to } of missing)
    expect(plain.envelopes[envelope]!.arrivals.some(({ at }) => at === to)).toBe(false)
})

test('the healed run of a liveness violation is there, and ends where its claim is broken', async () => {
  const { run } = await savedRun('asyncio-pbft-poisoned-proposal')
  expect(run.healed.map(({ number }) => number)).toEqual(run.healed.map((_, i) => run.events.length + i + 1))
  expect(run.healed.flatMap(({ outputs }) => outputs)).toEqual([])
  expect(run.healed.some(({ kind, name }) => kind === 'input' && name === 'a')).toBe(true)
})
