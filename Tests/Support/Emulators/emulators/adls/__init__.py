"""Azure Data Lake Storage Gen2 (dfs and blob endpoints), Microsoft Entra's token endpoint and managed identities."""
