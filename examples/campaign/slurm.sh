#!/usr/bin/env bash
# A campaign as a Slurm array: 100 tasks, each does its turn, and a job after them merges.
#
#     array=$(sbatch --parsable examples/campaign/slurm.sh)
#     sbatch --dependency=afterok:$array --wrap 'npx turncoat campaign merge shards/*.jsonl --out out/campaign'
#
# A task that was killed is submitted again with the same number (sbatch --array=17): its file is gone on with.
#SBATCH --array=1-100
#SBATCH --cpus-per-task=4
#SBATCH --time=02:00:00
#SBATCH --requeue
set -euo pipefail

# Tasks that run again keep what they have: a file of shards only grows, and half a line at its end does no harm.
npx turncoat campaign run fuzz pbft --n 4 --byzantine 0 --runs 10000000 \
  --shard "$SLURM_ARRAY_TASK_ID/100" \
  --workers "${SLURM_CPUS_PER_TASK:-1}" \
  --out "shards/$SLURM_ARRAY_TASK_ID.jsonl"
