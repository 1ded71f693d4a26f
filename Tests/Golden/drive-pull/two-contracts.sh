# A file that two contracts name is an error of the contracts; every such file is told and nothing is pulled.
mkdir drive contracts
contract() {
    cat > "contracts/$1.odcs.yaml" <<YAML
apiVersion: v3.1.0
kind: DataContract
id: $1
version: 1.0.0
status: active
schema:
  - name: $1
    properties:
      - name: a
        logicalType: string
        physicalType: VARCHAR
    customProperties:
      - property: source
        value: {files: ["$2"]}
YAML
}
contract orders '**/orders*'
contract sales '**/*2018*'
touch drive/Orders.xlsx drive/orders-2018.xlsx drive/orders-2018-2.xlsx
drive-pull file:drive --output pulled --contracts contracts
