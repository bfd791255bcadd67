"""What tests share: free ports, and the guards that fail a test which leaves something behind."""
