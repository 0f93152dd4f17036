import { keyForCode, type Program, type Protocol } from '../../model/index.ts'
import { Table } from '../../system/index.ts'

/**
 * Reducer calls, times participants, after which tables are given up for fresh ones. Where states hardly repeat nothing
 * is won by keeping them, and each is as large as there are participants to remember.
 */
const MOST_REMEMBERED = 500_000

/** The last setting of each protocol: trials come in rows, and what is left behind is forgotten. */
const known = new WeakMap<Protocol, { readonly key: string; readonly table: Table }>()

/**
 * Reactions of a program, shared by all runs in settings that differ only in who is faulty and what is asked: the
 * protocol's code cannot distinguish them. No result depends on what is remembered.
 */
export function tableFor(program: Program): Table {
  const { n, clients } = program.setting
  const key = keyForCode(program.setting)
  const last = known.get(program.protocol)
  if (last?.key === key && last.table.calls * (n + clients) < MOST_REMEMBERED) return last.table
  const table = new Table(program)
  known.set(program.protocol, { key, table })
  return table
}
