import { describe, expect, test } from 'vitest'
import { universe } from '../../src/adversary/index.ts'
import type { Exploration } from '../../src/explore/exploration.ts'
import { type ModuleCode, Modules } from '../../src/explore/modules.ts'
import { program, range, UsageError } from '../../src/model/index.ts'
import { apply, enabled, type Step, sayableAfter, start } from '../../src/system/index.ts'
import { decode, replay } from '../../src/trace/index.ts'
import { savedRun } from '../saved-traces.ts'
import { exploring } from './exploring.ts'

describe('what can happen next', () => {
  test.each([
    'pbft',
    'bracha',
    'tendermint',
    'two-phase-commit',
    'dolev-strong',
  ])('%s: as the reference has it', (name) => {
    const exploration = exploring(name)
    const own = program(exploration.protocol, exploration.program.setting)
    const { messages } = universe(own, { maxMessages: 2_000 })
    const spoken = messages.map((message) => ({ from: 0, message }))
    let system = start(own)
    const path: Step[] = []
    for (let i = 0; i < 8; i++) {
      const offered = sayableAfter(own, system.soup).among(spoken)
      const steps = enabled(
        own,
        system,
        range(4).flatMap((to) => offered.map((word) => ({ ...word, to }))),
      )
      const { choices } = exploration.choices(path)
      expect(choices.map(({ step }) => step)).toEqual(steps)
      if (steps.length === 0) break
      const step = steps[(7 * i) % steps.length]!
      path.push(step)
      system = apply(own, system, step)
      expect(exploration.reached(path).system).toEqual(system)
    }
    // A fork from the middle begins with the states of the run before.
    expect(exploration.reached(path.slice(0, 2)).system).toEqual(exploring(name).reached(path.slice(0, 2)).system)
  })
})

describe('a run that is made by hand', () => {
  const names = ['tendermint-pol-unchecked', 'qbft-quorum-2f-plus-1', 'bracha-n-3f-full-quorum']
  test.each(names)('%s: is shown as its trace is, breaks what that breaks, and replays', async (name) => {
    const { trace: saved, run: shown } = await savedRun(name, true)
    const variant = saved.variant
    const exploration = exploring(saved.protocol, variant, [], saved.setting)
    const path: Step[] = []
    for (const { digest: _, ...step } of saved.steps) {
      expect(exploration.choices(path).choices.map((one) => one.step.at)).toContain(step.at)
      path.push(step as never)
    }
    const run = exploration.view(path)
    expect([run.claim, run.witness]).toEqual([saved.claim, saved.witness])
    expect(run.events).toEqual(shown.events)
    const text = await exploration.trace(path, saved.claim)
    expect(replay(await decode(text))).toMatchObject({ reproduced: true, steps: path.length, witness: saved.witness })
    const short = path.slice(0, -1)
    expect(exploration.view(short).events).toEqual(
      run.events.slice(0, -1).map((event) => ({ ...event, truths: expect.anything() })),
    )
    await expect(exploration.trace(short, 'no-exception')).rejects.toThrow(UsageError)
  })

  test('says of a choice what it breaks', () => {
    const exploration = exploring('two-phase-commit')
    const breaking = (steps: Parameters<Exploration['choices']>[0], depth: number): boolean => {
      const { choices } = exploration.choices(steps)
      if (choices.some(({ breaks }) => breaks.includes('atomicity'))) return true
      return depth > 0 && choices.some(({ step }) => breaking([...steps, step], depth - 1))
    }
    expect(breaking([], 1)).toBe(true)
  })

  test('at random is the same for the same seed', () => {
    const [one, other] = [exploring('pbft'), exploring('pbft')]
    const path = one.walk([], 3, 20)
    expect(path.length).toBeGreaterThan(5)
    expect(other.walk([], 3, 20)).toEqual(path)
    expect(other.walk([], 4, 20)).not.toEqual(path)
    expect(one.walk(path.slice(0, 4), 3, 20).slice(0, 4)).toEqual(path.slice(0, 4))
  })
})

describe('files that import one another', () => {
  const code: Record<string, ModuleCode> = {
    'src/a.ts': (exports, require) => {
      exports['one'] =
        (require('../lib/b.ts') as { two: number }).two + (require('turncoat') as { three: number }).three
    },
    'lib/b.ts': (exports) => {
      exports['two'] = 2
    },
    'c.ts': (_, require) => void require('./d.ts'),
  }

  test('are loaded, with what is there already', () => {
    const modules = new Modules(code, { turncoat: { three: 3 } })
    expect(modules.load('src/a.ts')).toEqual({ one: 5 })
    expect(modules.load('src/a.ts')).toBe(modules.load('src/a.ts'))
    expect(() => modules.load('c.ts')).toThrow('c.ts imports ./d.ts, which is not there')
  })
})
