import { UsageError } from '../model/index.ts'

/** A module as CommonJS wraps it: it puts what it exports into an object. */
export type ModuleCode = (
  exports: Record<string, unknown>,
  require: (specifier: string) => unknown,
  module: { exports: Record<string, unknown> },
) => void

/** A file that another one imports, as a path from the root that all have in common. */
function resolved(specifier: string, importer: string): string {
  const parts = importer.split('/').slice(0, -1)
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}

/**
 * What some files export that import one another, where there is no disk to load them from.
 *
 * @param known modules that are there already, `turncoat` among them
 */
export class Modules {
  readonly #code: Readonly<Record<string, ModuleCode>>
  readonly #known: Readonly<Record<string, unknown>>
  readonly #loaded = new Map<string, { exports: Record<string, unknown> }>()

  constructor(code: Readonly<Record<string, ModuleCode>>, known: Readonly<Record<string, unknown>>) {
    this.#code = code
    this.#known = known
  }

  /** @throws UsageError where a file imports what is not there, and whatever the code throws */
  load(path: string): Record<string, unknown> {
    const loaded = this.#loaded.get(path)
    if (loaded) return loaded.exports
    const module = { exports: {} as Record<string, unknown> }
    this.#loaded.set(path, module)
    this.#code[path]!(module.exports, (specifier) => this.#import(specifier, path), module)
    return module.exports
  }

  #import(specifier: string, importer: string): unknown {
    const path = specifier.startsWith('.') ? resolved(specifier, importer) : specifier
    if (Object.hasOwn(this.#code, path)) return this.load(path)
    if (Object.hasOwn(this.#known, path)) return this.#known[path]
    throw new UsageError(`${importer} imports ${specifier}, which is not there`, `import what you need from 'turncoat'`)
  }
}
