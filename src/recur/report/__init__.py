"""What a person looks at: tables, pictures, and a page to send to a colleague.

Import the module that is needed, such as `table` or `html`: the package itself loads nothing.
"""
