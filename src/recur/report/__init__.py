"""What a person looks at: tables, pictures, and a page to send to a colleague."""
