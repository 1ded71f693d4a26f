# A keyed mask: the key comes from the environment, and refused rows do not show the value.
cat > mask.odcs.yaml <<'END'
apiVersion: v3.1.0
kind: DataContract
id: people
version: 1.0.0
status: active
schema:
  - name: people
    logicalType: object
    physicalType: table
    customProperties: [{property: cleaning, value: {rulesVersion: 1}}]
    properties:
      - name: email
        logicalType: string
        physicalType: VARCHAR(64)
        classification: restricted
        customProperties: [{property: cleaning, value: {check: email, mask: {method: hmac-sha256, keyRef: PEOPLE_KEY}}}]
END
printf '{"email":"ana@example.com"}\n{"email":"secret"}\n' > in.ndjson
clean --contract mask.odcs.yaml in.ndjson || echo "status $?"
export PEOPLE_KEY='0123456789abcdef'
clean --quiet --contract mask.odcs.yaml in.ndjson --rejects rejects.ndjson -o rows.ndjson --report report.json
jq -c .mask_keys report.json
cat rows.ndjson
jq -c '[.row, .errors[0].value]' rejects.ndjson
clean --quiet --contract mask.odcs.yaml in.ndjson --rejects raw.ndjson --rejects-raw -o rows.ndjson
jq -c '.row' raw.ndjson
stat -c %a raw.ndjson
