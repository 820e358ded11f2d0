"""Any request by anybody, drawn by chance: an answer or a refusal, never a defect."""
