import { authored, guardedDefinition } from './authored.ts'
import type { Definition } from './declaration.ts'
import { assertDefinition } from './definition.ts'
import { UsageError } from './errors.ts'
import type { Authentication, Network, Setting } from './setting.ts'
import { assertKind, assertKnown, FUNCTION, OBJECT } from './shape.ts'
import type { RulesOf, TypeOf, Types } from './types.ts'

type Change<T extends Types> = (setting: Setting, rules: RulesOf<T>) => Partial<RulesOf<T>>

/** What a variant may replace besides named rules. */
export interface VariantOptions {
  readonly about?: string
  readonly auth?: Authentication
  readonly network?: Partial<Network>
}

/** A protocol, or a variant of one, ready to run. Immutable. */
export class Protocol<T extends Types = any> {
  readonly definition: Definition<T>
  /** The variant's own name, or nothing for the protocol itself. */
  readonly variantName: string | undefined
  readonly about: string

  constructor(definition: Definition<T>, variantName?: string, about = definition.about) {
    this.definition = definition
    this.variantName = variantName
    this.about = about
  }

  /** `pbft`, or `pbft/commit-2f` for a variant: the subject on the command line. */
  get subject(): string {
    return this.variantName ? `${this.definition.name}/${this.variantName}` : this.definition.name
  }

  /** The same protocol with some named rules replaced. `change` also gets the rules it replaces. */
  variant(name: string, change: Change<T>, options: VariantOptions = {}): Protocol<T> {
    const { definition } = this
    assertKind(`${this.subject}, variant ${name}: its change`, FUNCTION, change)
    const changed = authored(() => `${definition.name}, variant ${name}`, change, OBJECT)
    const rules = (setting: Setting): RulesOf<T> => {
      const before = definition.rules(setting)
      const after = changed(setting, before)
      assertKnown(`rule of ${definition.name} for its variant ${name}`, Object.keys(after), Object.keys(before))
      return { ...before, ...after }
    }
    const network = { ...definition.network, ...options.network }
    const auth = options.auth ?? definition.auth
    const replaced = { ...definition, rules, network, ...(auth ? { auth } : {}) }
    return new Protocol<T>(replaced, name, options.about ?? `${this.about} Variant ${name}.`)
  }

  /** The same protocol in which the proof of one message type is not verified by anybody. */
  trusting(name: string, type: TypeOf<T>, options: VariantOptions = {}): Protocol<T> {
    const { proofs } = this.definition
    if (!proofs || !(type in proofs)) {
      throw new UsageError(`${this.subject} declares no proof for ${type}`, 'name a type that `proofs` lists')
    }
    const { [type as keyof typeof proofs]: _, ...left } = proofs
    const replaced = { ...this.definition, proofs: left as Definition<T>['proofs'] }
    return new Protocol<T>(replaced, name, options.about ?? `${this.about} Nobody verifies ${type}.`)
  }
}

/**
 * Declares a protocol.
 * @throws UsageError for a definition that no setting could make sense of
 */
export function defineProtocol<T extends Types>(definition: Definition<T>): Protocol<T> {
  assertDefinition(definition)
  return new Protocol<T>(guardedDefinition(definition))
}
