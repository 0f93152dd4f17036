import { closeSparsely } from '../counting/close-sparsely.ts'
import { TABLE_PASSES, type TablePasses } from './table-passes.ts'

/** All reductions. */
export interface Passes extends TablePasses {
  /** Big steps and lazy consumption while closing. */
  readonly sparse: typeof closeSparsely
}

export const PASSES_BY_NAME: Passes = { ...TABLE_PASSES, sparse: closeSparsely }
