import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { settingOf, universeOf } from '../../properties/laws/scene.ts'
import { strategies } from '../../src/adversary/index.ts'
import { program as inSetting, isLockstep, type Program } from '../../src/model/index.ts'
import { sceneOf } from '../../src/simulate/index.ts'
import { configure } from '../../src/system/index.ts'
import { describeds, isRestless } from '../laws/checked-protocols.ts'
import { describedProtocol } from '../laws/described-protocol.ts'
import { byName, draws, holds, subjects } from '../laws/lawful.ts'
import { inTier } from '../tiers.ts'
import { type Drawn, drawn, isLegal } from './legal.ts'

const file = 'test/simulate/legal.test.ts'
const clocked = subjects.filter(({ protocol }) => !isLockstep(protocol))

/** A named strategy's behaviour; universes are made once, small, and shared. */
function behaviour(program: Program, name: string, plan: number) {
  const strategy = strategies.find((one) => one.name === name)!
  const scene = { ...sceneOfWithout(program), universe: universeOf(program.protocol) }
  if (scene.members.length === 0 || (strategy.suits && !strategy.suits(scene))) return {}
  return strategy.behave(scene, plan % strategy.plans(scene))
}

function sceneOfWithout(program: Program) {
  const { members, correct } = sceneOf(program)
  return { program, members, correct }
}

describe.each(byName(clocked))('%s', (name, { protocol }) => {
  test('every simulated run is a legal schedule', () => {
    const runs = protocol.variantName === undefined ? inTier(15, 40) : inTier(3, 6)
    let steps = 0
    holds({ file, test: `${name} every simulated run`, runs }, fc.tuple(draws, drawn), ([draw, how]) => {
      const { steps: asked, ...rest } = draw.circumstances
      const setting = settingOf(protocol, { ...rest, steps: asked })
      const program = inSetting(protocol, setting)
      steps += isLegal(program, behaviour(program, draw.strategies[0]!, how.plan), how).length
    })
    expect(steps).toBeGreaterThan(runs)
  })
})

describe('random small protocols', () => {
  test('every simulated run is a legal schedule', () => {
    const cases = fc.tuple(describeds, drawn, fc.constantFrom(...strategies.map(({ name }) => name)))
    const runs = Number(process.env['TURNCOAT_LAWS'] ?? inTier(80, 400))
    let steps = 0
    holds({ file, test: 'random small protocols', runs }, cases, ([described, how, strategy]) => {
      // Rules that undo what others did go on for ever once they are eager: a mistake of the protocol's author.
      if (isRestless(described)) return
      const { n, byzantine, crash } = described
      const protocol = describedProtocol(described)
      const program = inSetting(protocol, configure(protocol, { n, byzantine, crash })[0]!)
      const scene = sceneOf(program)
      const chosen = strategies.find(({ name }) => name === strategy)!
      const suits = byzantine.length > 0 && (chosen.suits?.(scene) ?? true)
      const behaves = suits ? chosen.behave(scene, how.plan % chosen.plans(scene)) : {}
      steps += isLegal(program, behaves, how as Drawn).length
    })
    expect(steps).toBeGreaterThan(runs)
  })
})
