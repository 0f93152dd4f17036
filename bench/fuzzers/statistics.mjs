/** Times to the first violation, some of which were cut off before there was one: { time, found }. */

const Z = 1.96

/** Kaplan and Meier, 1958: after each time at which something was found, the share that is still searched, and Greenwood's sum. */
export function survival(observations) {
  const times = [...new Set(observations.filter(({ found }) => found).map(({ time }) => time))].sort((a, b) => a - b)
  let [share, sum] = [1, 0]
  return times.map((time) => {
    const atRisk = observations.filter((one) => one.time >= time).length
    const found = observations.filter((one) => one.found && one.time === time).length
    share *= 1 - found / atRisk
    sum += atRisk > found ? found / (atRisk * (atRisk - found)) : 0
    return { time, share, sum }
  })
}

/** The bounds of the share at 95 %, on the scale of log(−log): they stay between 0 and 1. */
function bounds({ share, sum }) {
  if (share <= 0 || share >= 1) return [share, share]
  const width = (Z * Math.sqrt(sum)) / Math.abs(Math.log(share))
  return [share ** Math.exp(width), share ** Math.exp(-width)]
}

/** The time by which half is found, and between which times that is (Brookmeyer and Crowley, 1982); Infinity where it is not known. */
export function medianTime(observations) {
  const curve = survival(observations)
  const first = (isReached) => curve.find(isReached)?.time ?? Number.POSITIVE_INFINITY
  return {
    median: first(({ share }) => share <= 0.5),
    low: first((point) => bounds(point)[0] <= 0.5),
    high: first((point) => bounds(point)[1] <= 0.5),
  }
}

/**
 * Vargha and Delaney, 2000: how likely one of these is sooner than one of those, ties by half. What was cut off is later
 * than all that was found, and no later than anything else that was cut off.
 */
export function soonerThan(these, those) {
  const value = ({ time, found }) => (found ? time : Number.POSITIVE_INFINITY)
  let sum = 0
  for (const one of these) {
    for (const other of those) sum += value(one) < value(other) ? 1 : value(one) === value(other) ? 0.5 : 0
  }
  return sum / (these.length * those.length)
}
