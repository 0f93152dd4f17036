export const DEFAULT_SEED = 1
/** Far above what a run of the usual bounds needs: some runs go nowhere, and end here. */
export const DEFAULT_MAX_STEPS = 400
