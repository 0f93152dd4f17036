import { Exploration } from '../../src/explore/exploration.ts'
import type { Setting } from '../../src/model/index.ts'
import { registry } from '../../src/protocols/index.ts'
import { configure } from '../../src/system/index.ts'

export const subjectOf = (name: string) => registry.find(({ protocol }) => protocol.definition.name === name)!

/** A registered protocol with four replicas, to be explored. */
export function exploring(name: string, variant?: string, byzantine = [0], asked?: Setting): Exploration {
  const subject = subjectOf(name)
  const protocol = subject.variants.find(({ variantName }) => variantName === variant) ?? subject.protocol
  const setting = asked ?? configure(protocol, { n: 4, byzantine })[0]!
  return new Exploration(subject, protocol, setting, `turncoat explore ${name}`)
}
