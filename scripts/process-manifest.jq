# Adds the `process` object to a delivery's manifest line, once the three programs of the pipe agree on the counts.
# In: $line, $failed, $contract_sha256, and the lists of one ($read, $clean, $write: reports) or more ($parts, $rejects).

def contract_of($report): {id: $report.contract.id, version: $report.contract.version, sha256: $contract_sha256};

def demand($condition; $message): if $condition then . else error($message) end;

$read[0] as $r | $clean[0] as $c | $write[0] as $w
| if $failed then
    ([$r, $c, $w] | map(select(.exit_status == 65)) | first) as $culprit
    | $line | .process += {
        contract: contract_of($c),
        failed: {status: 65, reason: "\($culprit.program): \($culprit.error)"}}
  else
    demand($c.contract.sha256 == $contract_sha256; "the contract changed while the pipe ran")
    | demand($r.counts.rows == $c.counts.read; "xlsx2ndjson wrote \($r.counts.rows) rows, clean read \($c.counts.read)")
    | demand($c.counts.read == $c.counts.emitted + $c.counts.rejected + $c.counts.duplicates + $c.counts.blank;
        "clean's counts do not add up")
    | demand($c.counts.emitted == $w.counts.rows; "clean emitted \($c.counts.emitted) rows, Parquet holds \($w.counts.rows)")
    | demand(($parts | map(.rows) | add // 0) == $c.counts.emitted; "the parts do not hold all rows")
    | demand(($rejects | map(.rows) | add // 0) == $c.counts.rejected; "the reject file does not hold all rejects")
    | $line | .process += {
        contract: contract_of($c),
        rows: ($c.counts | {read, emitted, rejected, duplicates, blank}),
        parts: ($parts | map({path, rows, bytes, sha256})),
        rejects: (if $rejects == [] then null else $rejects[0] | {path, rows, bytes, sha256, reasons: ($c.reasons // {})} end),
        quality: ($c.quality // [])}
  end
