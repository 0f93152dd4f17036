import * as accountability from '../../properties/accountability.ts'
import * as claims from '../../properties/claims.ts'
import * as variants from '../../properties/variants.ts'
import { addStrategies } from '../adversary/index.ts'
import { Exploration, judgedClaims } from '../explore/exploration.ts'
import { type ModuleCode, Modules } from '../explore/modules.ts'
import { search } from '../explore/search.ts'
import { addSchedulers } from '../fuzz/schedule/own-choosers.ts'
import * as model from '../model/index.ts'
import {
  type Configuration,
  canonical,
  countedBy,
  FEWEST_COUNTED,
  isJudgedUnasked,
  type Properties,
  type Protocol,
  type Setting,
  type Subject,
  UsageError,
} from '../model/index.ts'
import { subjectIn } from '../protocols/exported.ts'
import { registry } from '../protocols/index.ts'
import { subject as paired } from '../protocols/subject.ts'
import { configure } from '../system/index.ts'
import type { Answers, Opened, Request, Source, WorkerReply } from './messages.ts'

/** A protocol that is open, as it was asked for. */
interface Open {
  readonly subject: Subject
  readonly protocol: Protocol
  readonly configuration: Configuration
  readonly command: string
}

/** How often a search tells how far it is, in milliseconds. */
const TELL_EVERY = 100

/** Runs in the worker: one protocol, and what is asked about it. */
export class Engine {
  #modules = new Modules({}, {})
  readonly #known: Readonly<Record<string, unknown>>
  #open: Open | undefined
  /** The setting that was explored last. */
  #last: { readonly key: string; readonly exploration: Exploration } | undefined

  /** @param library what a user's file imports from `turncoat` */
  constructor(library: object) {
    this.#known = {
      turncoat: library,
      'src/model/index.ts': model,
      'properties/accountability.ts': accountability,
      'properties/claims.ts': claims,
      'properties/variants.ts': variants,
    }
  }

  /** Gives it the code of a user; called by the script of the worker, behind this one. */
  modules(code: Readonly<Record<string, ModuleCode>>): void {
    this.#modules = new Modules(code, this.#known)
  }

  async answer(request: Request, tell: (text: string) => void): Promise<Answers[Request['ask']]> {
    switch (request.ask) {
      case 'open':
        return this.#opened(request)
      case 'view':
        return this.#explore(request.setting).view(request.steps)
      case 'choices':
        return this.#explore(request.setting).choices(request.steps)
      case 'walk':
        return this.#explore(request.setting).walk(request.steps, request.seed, request.most)
      case 'trace':
        return this.#explore(request.setting).trace(request.steps, request.claim)
      case 'search': {
        const { subject, protocol, command } = this.#open!
        const asked = judgedClaims(subject).filter(({ name }) => request.claims.includes(name))
        return search({ ...request, claims: asked, subject, protocol, command }, tell)
      }
    }
  }

  #opened({ source, configuration, command }: Request & { ask: 'open' }): Opened {
    const { subject, bounds, variant } = this.#subject(source)
    const own = this.#within(subject, variant)
    const counts = countedBy(subject.properties.claims)
    const whole = {
      ...own.configuration,
      ...configuration,
      ...(counts > FEWEST_COUNTED ? { counts } : {}),
      bounds: { ...bounds, ...own.configuration.bounds, ...configuration.bounds },
    }
    this.#open = { subject, protocol: own.protocol, configuration: whole, command }
    const settings = configure(own.protocol, whole)
    return {
      subject: own.protocol.subject,
      about: own.protocol.about,
      variants: subject.variants.map(({ variantName, about }) => ({ name: variantName!, about })),
      claims: judgedClaims(subject).map((claim) => ({
        name: claim.name,
        about: claim.about,
        isDefault: isJudgedUnasked(claim),
      })),
      settings,
    }
  }

  #subject(source: Source): {
    subject: Subject
    bounds?: Readonly<Record<string, number>>
    variant: string | undefined
  } {
    if (source.kind === 'file') {
      const file = this.#modules.load(source.path)
      const { subject, bounds } = subjectIn(file, source.path)
      const { strategies, schedulers } = file as Readonly<Record<string, never>>
      for (const protocol of [subject.protocol, ...subject.variants]) {
        if (strategies !== undefined) addStrategies(protocol, strategies)
        if (schedulers !== undefined) addSchedulers(protocol, schedulers)
      }
      return { subject, ...(bounds ? { bounds } : {}), variant: source.variant }
    }
    const [name = '', ...variant] = source.name.split('/')
    if (source.kind === 'changed') {
      const own = this.#modules.load(`properties/${name}.ts`)
      const title = `${name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Properties`
      const file = this.#modules.load(`src/protocols/${name}.ts`)
      return { subject: paired(file, own[title] as Properties<any>), variant: source.variant }
    }
    const found = registry.find(({ protocol }) => protocol.definition.name === name)
    if (!found) throw new UsageError(`there is no protocol called ${name}`, 'choose one of the list')
    return { subject: found, variant: variant.join('/') || undefined }
  }

  /** The variant, or the named setting, that is asked for. */
  #within(subject: Subject, asked: string | undefined): { protocol: Protocol; configuration: Configuration } {
    let { protocol } = subject
    let configuration: Configuration = {}
    for (const part of asked === undefined ? [] : asked.split('/')) {
      const variant = subject.variants.find(({ variantName }) => variantName === part)
      const setting = subject.properties.settings?.find(({ name }) => name === part)
      if (variant) protocol = variant
      else if (setting) configuration = setting.configuration
      else throw new UsageError(`${protocol.subject} has no variant called ${part}`, 'choose one of the list')
    }
    return { protocol, configuration }
  }

  #explore(setting: Setting): Exploration {
    const key = canonical(setting as never)
    if (this.#last?.key !== key) {
      const { subject, protocol, command } = this.#open!
      this.#last = { key, exploration: new Exploration(subject, protocol, setting, command) }
    }
    return this.#last.exploration
  }
}

/** The worker's end of the line. */
export function serveEngine(library: object): Engine {
  const engine = new Engine(library)
  const say = (reply: WorkerReply): void =>
    (self as unknown as { postMessage(value: WorkerReply): void }).postMessage(reply)
  self.onmessage = async ({ data }: MessageEvent<{ readonly id: number; readonly request: Request }>) => {
    const { id, request } = data
    let told = 0
    const tell = (text: string): void => {
      const now = performance.now()
      if (now - told < TELL_EVERY) return
      told = now
      say({ id, tells: text })
    }
    try {
      say({ id, done: await engine.answer(request, tell) })
    } catch (error) {
      const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error))
      const { suggestion } = error as Partial<UsageError>
      const lines = [...stack.matchAll(/blob:[^\s)]*:(\d+):\d+/g)].map(([, line]) => Number(line))
      say({ id, failed: { name, message, ...(suggestion === undefined ? {} : { suggestion }), lines } })
    }
  }
  return engine
}
