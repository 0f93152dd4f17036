/** Makes a case on which two engines differ smaller: whatever can be left out, is. */
import type { Case, Role } from './case.ts'

const without = <T>(list: readonly T[], index: number): T[] => list.filter((_, i) => i !== index)

/** Every way to leave one line out of a handler, or one rule of several out of a role. */
function* slimmer(role: Role): Generator<Role> {
  for (const part of ['input', 'init', 'timeout', 'coin'] as const) {
    const lines = role[part] ?? []
    if (lines.length > 1) yield { ...role, [part]: [] }
    for (const index of lines.keys()) yield { ...role, [part]: without(lines, index) }
  }
  for (const [i, { type, rules }] of role.upon.entries()) {
    const changed = (more: typeof rules): Role => ({ ...role, upon: role.upon.with(i, { type, rules: more }) })
    for (const [j, { name, lines }] of rules.entries()) {
      if (rules.length > 1) yield changed(without(rules, j))
      if (lines.length > 1) yield changed(rules.with(j, { name, lines: [] }))
      for (const index of lines.keys()) yield changed(rules.with(j, { name, lines: without(lines, index) }))
    }
  }
}

function* smaller(one: Case): Generator<Case> {
  const { setting, client } = one
  const set = (change: Partial<Case['setting']>): Case => ({ ...one, setting: { ...setting, ...change } })
  for (const index of one.claims.keys()) if (one.claims.length > 1) yield { ...one, claims: without(one.claims, index) }
  for (const type of Object.keys(one.proofs)) yield { ...one, proofs: { ...one.proofs, [type]: undefined! } }
  if (one.addressed.length > 0) yield { ...one, addressed: [] }
  for (const index of setting.byzantine.keys()) yield set({ byzantine: without(setting.byzantine, index) })
  if (setting.crash.length > 0) yield set({ crash: [] })
  if (setting.restart) yield set({ restart: undefined! })
  for (const id of Object.keys(setting.inputs).map(Number)) {
    const list = setting.inputs[id]!
    for (const index of list.keys()) yield set({ inputs: { ...setting.inputs, [id]: without(list, index) } })
  }
  if (client && setting.clients > 0)
    yield { ...set({ clients: 0, byzantine: setting.byzantine.filter((id) => id < setting.n) }), client: undefined! }
  for (const role of slimmer(one.replica)) yield { ...one, replica: role }
  if (client) for (const role of slimmer(client)) yield { ...one, client: role }
  for (const [i, { fields, type }] of one.messages.entries()) {
    for (const index of fields.keys())
      yield { ...one, messages: one.messages.with(i, { type, fields: without(fields, index) }) }
  }
}

/** The smallest case found on which something is still wrong in the same way. */
export function shrunk(first: Case, isWrong: (one: Case) => boolean, tries = 600): Case {
  let best = first
  for (let isBetter = true; isBetter; ) {
    isBetter = false
    for (const next of smaller(best)) {
      if (tries-- <= 0) return best
      if (!isWrong(next)) continue
      best = next
      isBetter = true
      break
    }
  }
  return best
}
