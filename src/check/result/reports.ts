import { PASSES, type PassName } from '../../tables/passes/pass-names.ts'
import type { PassReport } from './result.ts'

/** What each pass did, gathered while a check runs. */
export class Reports {
  readonly #without: readonly PassName[]
  readonly #reports = new Map<PassName, PassReport>()

  constructor(without: readonly PassName[]) {
    this.#without = without
  }

  isOn(pass: PassName): boolean {
    return !this.#without.includes(pass)
  }

  /** Adds to what a pass did: several searches of one check add up. */
  did(pass: PassName, before: number, after: number, unit: string): void {
    const known = this.#reports.get(pass)
    if (known?.why) return
    const sum = { before: (known?.before ?? 0) + before, after: (known?.after ?? 0) + after }
    this.#reports.set(pass, { pass, on: true, ...sum, unit })
  }

  /** A pass switches itself off for some claims. */
  off(pass: PassName, why: string): void {
    const on = this.#reports.has(pass) && this.#reports.get(pass)!.on
    this.#reports.set(pass, { ...this.#reports.get(pass), pass, on, why })
  }

  all(): PassReport[] {
    return this.#shown().map((pass) => this.#reports.get(pass) ?? { pass, on: this.isOn(pass) })
  }

  allOff(why: string): PassReport[] {
    return this.#shown().map((pass) => ({ pass, on: false, why }))
  }

  /** Slots are mentioned only where there are several. */
  #shown(): PassName[] {
    return PASSES.filter((pass) => pass !== 'by-slot' || this.#reports.has(pass))
  }
}
